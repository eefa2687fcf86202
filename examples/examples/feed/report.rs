//! Both runs as text, and whether each expectation holds.

use std::{ops::Range, time::Duration};

use fusebox::State;

use crate::{
    recording::{Recording, Summary},
    scenario::{END, IN_TIME, QUERIES_PER_FEED, RATE, SLOW_FROM, SLOW_UNTIL},
    services::{PROFILE_BREAKERS, SERVICES},
};

const SECOND: Duration = Duration::from_secs(1);

/// Prints each second, then the outage as a whole.
pub(crate) fn side_by_side(without: &Recording, with: &Recording) {
    println!(
        "{RATE} feeds a second are requested; in time: within {IN_TIME:?}; db: queries of the database\n"
    );
    println!("         without breakers                      with breakers");
    println!("second   in time  median     p99    db         in time  hidden  median     p99    db");
    let seconds = u32::try_from(END.as_secs()).unwrap_or(u32::MAX);
    for second in 0..seconds {
        let span = second * SECOND..(second + 1) * SECOND;
        let mark = if span.start >= SLOW_FROM && span.end <= SLOW_UNTIL {
            "slow"
        } else {
            ""
        };
        println!("{second:3} {mark:4} {}", row(without, with, span));
    }
    println!("outage   {}", row(without, with, SLOW_FROM..SLOW_UNTIL));
    println!("\nmost requests in flight:");
    for (index, service) in SERVICES.iter().enumerate() {
        let most = |run: &Recording| run.in_flight.iter().map(|(_, all)| all[index]).max().unwrap_or(0);
        println!("{service:>15} {:5} without, {:3} with", most(without), most(with));
    }
}

fn row(without: &Recording, with: &Recording, span: Range<Duration>) -> String {
    let (without, with) = (without.summary(span.clone()), with.summary(span));
    format!(
        "{:3}/{:<3} {:>8} {:>7} {:5}         {:3}/{:<3} {:6} {:>8} {:>7} {:5}",
        without.in_time,
        without.offered,
        rounded(without.median),
        rounded(without.p99),
        without.queries,
        with.in_time,
        with.offered,
        with.hidden,
        rounded(with.median),
        rounded(with.p99),
        with.queries,
    )
}

fn rounded(duration: Duration) -> String {
    format!("{} ms", duration.as_millis())
}

/// Prints each expectation with its result. Returns whether all of them hold.
pub(crate) fn judge(without: &Recording, with: &Recording) -> bool {
    let share = |summary: Summary| percent(summary.in_time, summary.offered);
    let (collapsed, held) = (share(without.outage()), share(with.outage()));
    let (queries, offered) = load_while_open(with);
    let spared = percent(queries, offered);
    let claims = [
        (
            collapsed <= 20.0,
            format!(
                "without breakers {collapsed:.1} % of the feeds were in time during the outage (at most 20)"
            ),
        ),
        (
            held >= 99.0,
            format!("with breakers {held:.1} % were (at least 99)"),
        ),
        (
            offered > 0 && spared <= 10.0,
            format!(
                "while its breakers were open the database got {queries} of {offered} queries, {spared:.1} % (at most 10)"
            ),
        ),
    ];
    println!();
    for (holds, claim) in &claims {
        println!("{} {claim}", if *holds { "ok   " } else { "WRONG" });
    }
    claims.iter().all(|(holds, _)| *holds)
}

/// Returns the queries that reached the database while neither breaker was
/// closed, and the queries that it would have received without breakers.
fn load_while_open(run: &Recording) -> (usize, usize) {
    let [first, second] = PROFILE_BREAKERS.map(|breaker| run.bands(breaker, END));
    let is_open = |bands: &[(Range<Duration>, State)], at: Duration| {
        bands
            .iter()
            .any(|(band, state)| band.contains(&at) && *state != State::Closed)
    };
    let both_open = |at: Duration| is_open(&first, at) && is_open(&second, at);
    let queries = run.queries.iter().filter(|at| both_open(**at)).count();
    let feeds = run.feeds.iter().filter(|feed| both_open(feed.intended)).count();
    (queries, feeds * QUERIES_PER_FEED as usize)
}

#[allow(clippy::cast_precision_loss, reason = "a percentage for people")]
fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 * 100.0 / whole as f64
    }
}
