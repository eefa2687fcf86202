//! Commands of the protocol as script invocations, and their replies.

use std::time::Duration;

use redis::{
    RedisError, RedisResult, ScriptInvocation, Value,
    aio::{ConnectionLike, MultiplexedConnection},
    cmd, from_redis_value, pipe,
};

use super::script::SCRIPTS;
use crate::fleet::protocol::{
    Command, Content, Forced, Instance, LeaseReply, NotTaken, Overview, Reply, Report, ReportReply, Reported,
    Restored, Shared, Shown, ShownBreaker, ShownInstance, StoreSnapshot, TrialEnd, Version,
    keys::Keys,
    limits::{
        ABANDONED_AFTER, LONGEST_ALIVE, LONGEST_LEASE, LONGEST_PROGRAM, LONGEST_REASON, LONGEST_WHO,
        RELEASE_MEMORY, SHORTEST_LEASE, clamped, millis, shortened,
    },
    name,
};

/// The most instances that an overview reads in one round trip.
const INSTANCES_AT_ONCE: usize = 100;

/// A connection with the keys of one service.
pub(crate) struct Invoker<'a> {
    pub(crate) connection: MultiplexedConnection,
    pub(crate) keys: &'a Keys,
}

impl Invoker<'_> {
    /// Runs one command.
    pub(crate) async fn run(mut self, command: &Command) -> RedisResult<Reply> {
        let scripts = &*SCRIPTS;
        match command {
            Command::Sync {
                instance,
                alive,
                digest,
            } => self.sync(instance, *alive, digest).await,
            Command::Leave { instance } => {
                let mut call = self.script(&scripts.leave);
                call.key(self.keys.instance(&instance.name))
                    .arg(&*instance.name)
                    .arg(instance.incarnation);
                self.value(&call).await.map(|_| Reply::Done)
            }
            Command::Report {
                instance,
                number,
                reports,
            } => self.report(instance, *number, reports).await,
            Command::Force {
                breaker,
                on,
                state,
                lasting,
                who,
                reason,
            } => {
                let state = (state.as_str(), lasting.map(millis));
                self.force((breaker, on.as_deref()), state, (who, reason)).await
            }
            Command::Release {
                breaker,
                on,
                who,
                reason,
            } => {
                let state = ("released", Some(millis(RELEASE_MEMORY)));
                self.force((breaker, on.as_deref()), state, (who, reason)).await
            }
            Command::Acquire {
                breaker,
                instance,
                lease,
            } => {
                let mut call = self.script(&scripts.acquire);
                call.arg(&**breaker).arg(&**instance).arg(lease_millis(*lease));
                lease_reply(&self.value(&call).await?)
            }
            Command::Renew {
                breaker,
                instance,
                token,
                lease,
            } => {
                let mut call = self.script(&scripts.renew);
                call.arg(&**breaker)
                    .arg(token.to_string())
                    .arg(&**instance)
                    .arg(lease_millis(*lease));
                token_reply(self.value(&call).await?)
            }
            Command::Abandon {
                breaker,
                instance,
                token,
            } => {
                let mut call = self.script(&scripts.abandon);
                call.arg(&**breaker).arg(token.to_string()).arg(&**instance);
                token_reply(self.value(&call).await?)
            }
            Command::Finish {
                breaker,
                instance,
                token,
                end,
            } => {
                let (result, cooldown) = match end {
                    TrialEnd::Success => ("success", 0),
                    TrialEnd::Failure { cooldown } => ("failure", millis(*cooldown)),
                };
                let mut call = self.script(&scripts.finish);
                call.key(self.keys.open(breaker)).arg(&**breaker).arg(&**instance);
                call.arg(token.to_string()).arg(result).arg(cooldown);
                token_reply(self.value(&call).await?)
            }
            Command::Restore { instance, forced } => self.restore(instance, forced).await,
            Command::Overview => self.overview().await,
        }
    }

    /// Makes an invocation with the keys and the channel that all scripts have.
    fn script<'s>(&self, script: &'s redis::Script) -> ScriptInvocation<'s> {
        let mut call = script.key(self.keys.meta());
        call.key(self.keys.instances())
            .key(self.keys.forced())
            .key(self.keys.shared());
        call.arg(self.keys.changes());
        call
    }

    async fn value(&mut self, call: &ScriptInvocation<'_>) -> RedisResult<Value> {
        call.invoke_async(&mut self.connection).await
    }

    async fn sync(&mut self, instance: &Instance, alive: Duration, digest: &str) -> RedisResult<Reply> {
        let mut call = self.script(&SCRIPTS.sync);
        call.key(self.keys.instance(&instance.name))
            .key(self.keys.forced_on(&instance.name));
        call.arg(&*instance.name)
            .arg(instance.incarnation)
            .arg(&instance.program);
        call.arg(millis(alive.min(LONGEST_ALIVE))).arg(digest);
        call.arg(millis(ABANDONED_AFTER)).arg(millis(LONGEST_ALIVE));
        call.arg(millis(RELEASE_MEMORY));
        snapshot(&self.value(&call).await?)
    }

    async fn report(&mut self, instance: &Instance, number: u64, reports: &[Report]) -> RedisResult<Reply> {
        let mut call = self.script(&SCRIPTS.report);
        call.key(self.keys.instance(&instance.name));
        call.arg(&*instance.name).arg(instance.incarnation).arg(number);
        for report in reports {
            let (state, remaining, evidence) = match report.state {
                Reported::Closed => ("closed", 0, 0),
                Reported::Open { remaining, evidence } => ("open", millis(remaining), u8::from(evidence)),
                Reported::HalfOpen => ("half_open", 0, 0),
            };
            let (quorum, percent) = report
                .quorum
                .map_or((0, 0), |quorum| (quorum.instances, quorum.percent));
            call.key(self.keys.open(&report.breaker)).arg(&*report.breaker);
            call.arg(state)
                .arg(remaining)
                .arg(evidence)
                .arg(quorum)
                .arg(percent);
            match &report.shown {
                Shown::Automatic => call.arg(""),
                Shown::Exception => call.arg("="),
                Shown::AsOnAll => call.arg("-"),
                Shown::Forced(standing) => call.arg(standing.encode()),
            };
        }
        match text(&self.value(&call).await?)?.as_str() {
            "accepted" => Ok(Reply::Report(ReportReply::Accepted)),
            "stale" => Ok(Reply::Report(ReportReply::Stale)),
            "unknown" => Ok(Reply::Report(ReportReply::Unknown)),
            _ => Err(unreadable()),
        }
    }

    /// Forces a breaker on one instance, or on all if `on` is `None`.
    async fn force(
        &mut self,
        (breaker, on): (&str, Option<&str>),
        (state, lasting): (&str, Option<u64>),
        (who, reason): (&str, &str),
    ) -> RedisResult<Reply> {
        let mut call = self.script(&SCRIPTS.force);
        if let Some(instance) = on {
            call.key(self.keys.forced_on(instance))
                .key(self.keys.instance(instance));
        }
        call.arg(breaker).arg(state).arg(optional(lasting));
        call.arg(shortened(who, LONGEST_WHO))
            .arg(shortened(reason, LONGEST_REASON));
        call.arg(on.unwrap_or_default()).arg(millis(RELEASE_MEMORY));
        let value = self.value(&call).await?;
        Ok(match text(&value)?.as_str() {
            "unknown" => Reply::NotTaken(NotTaken::Unknown),
            "earlier" => Reply::NotTaken(NotTaken::Earlier),
            _ => Reply::Changed(version(&value)?),
        })
    }

    async fn restore(&mut self, instance: &str, forced: &[Restored]) -> RedisResult<Reply> {
        let mut call = self.script(&SCRIPTS.restore);
        call.key(self.keys.forced_on(instance)).arg(instance);
        for Restored {
            breaker,
            is_own,
            forced: Forced { over, version },
        } in forced
        {
            call.arg(&**breaker).arg(u8::from(*is_own));
            call.arg(version.epoch).arg(version.sequence);
            match over {
                Some(over) => {
                    call.arg(over.state.as_str())
                        .arg(optional(over.remaining.map(millis)));
                    call.arg(shortened(&over.who, LONGEST_WHO))
                        .arg(shortened(&over.reason, LONGEST_REASON));
                }
                None => {
                    call.arg("released").arg(millis(RELEASE_MEMORY)).arg("").arg("");
                }
            }
        }
        self.value(&call).await.map(|_| Reply::Done)
    }

    /// Reads everything with several commands.
    ///
    /// It is for people, so it need not be atomic.
    async fn overview(&mut self) -> RedisResult<Reply> {
        let connection = &mut self.connection;
        let now: (u64, u64) = cmd("TIME").query_async(connection).await?;
        let now = now.0 * 1000 + now.1 / 1000;
        let members: Value = cmd("ZRANGE")
            .arg(self.keys.instances())
            .arg(0)
            .arg(-1)
            .query_async(connection)
            .await?;
        // A member that cannot be the name of an instance is not the fleet's.
        let names: Vec<String> = list(&members)?
            .iter()
            .filter_map(|member| text(member).ok())
            .filter(|name| name::instance(name).is_ok())
            .collect();
        let mut instances = Vec::new();
        // A thousand instances in ten round trips.
        for names in names.chunks(INSTANCES_AT_ONCE) {
            let mut pipeline = pipe();
            for name in names {
                let key = self.keys.instance(name);
                pipeline.cmd("HGETALL").arg(&key).cmd("PTTL").arg(&key);
            }
            let replies: Vec<Value> = pipeline.query_async(connection).await?;
            for (name, replies) in names.iter().zip(replies.chunks_exact(2)) {
                // Negative: it has expired meanwhile.
                if let Ok(alive) = u64::try_from(integer(&replies[1])?) {
                    instances.push(instance_view(name, &pairs(&replies[0])?, now, alive));
                }
            }
        }
        let epoch: Option<u64> = cmd("HGET")
            .arg(self.keys.meta())
            .arg("epoch")
            .query_async(connection)
            .await?;
        let sequence: Option<u64> = cmd("HGET")
            .arg(self.keys.meta())
            .arg("sequence")
            .query_async(connection)
            .await?;
        let version = Version::new(epoch.unwrap_or(0), sequence.unwrap_or(0));
        let forced = request(connection, "HGETALL", &self.keys.forced()).await?;
        let shared = request(connection, "HGETALL", &self.keys.shared()).await?;
        Ok(Reply::Overview(Overview {
            instances,
            content: content((&forced, &shared), None, (now, version))?,
        }))
    }
}

async fn request(connection: &mut impl ConnectionLike, name: &str, key: &str) -> RedisResult<Value> {
    cmd(name).arg(key).query_async(connection).await
}

fn instance_view(name: &str, fields: &[(String, String)], now: u64, alive: u64) -> ShownInstance {
    let breakers = fields.iter().filter_map(|(field, record)| {
        let breaker = field
            .strip_prefix("breaker:")
            .filter(|name| name::is_breaker(name))?;
        ShownBreaker::decode(breaker, record.as_bytes(), now)
    });
    let field = |name: &str| fields.iter().find(|(field, _)| field == name);
    ShownInstance {
        name: name.into(),
        program: field("program")
            .map(|(_, program)| shortened(program, LONGEST_PROGRAM))
            .unwrap_or_default(),
        alive: clamped(alive),
        is_addressable: field("addressable").is_some_and(|(_, value)| value == "1"),
        breakers: breakers.collect(),
    }
}

fn snapshot(value: &Value) -> RedisResult<Reply> {
    let items = list(value)?;
    let at = |index: usize| items.get(index).ok_or_else(unreadable);
    let number = |index: usize| text(at(index)?)?.parse::<u64>().map_err(|_| unreadable());
    let now = number(0)?;
    let version = Version::new(number(1)?, number(2)?);
    let content = match (items.get(7), items.get(8)) {
        (Some(forced), Some(shared)) => Some(content((forced, shared), items.get(9), (now, version))?),
        _ => None,
    };
    Ok(Reply::Snapshot(StoreSnapshot {
        version,
        live: u32::try_from(integer(at(3)?)?).map_err(|_| unreadable())?,
        program: text(at(4)?)?,
        replaced: integer(at(5)?)? == 1,
        digest: text(at(6)?)?,
        content,
    }))
}

/// Returns the records that can be read; the others are not the fleet's and are
/// left alone.
fn content(
    (forced, shared): (&Value, &Value),
    own: Option<&Value>,
    (now, version): (u64, Version),
) -> RedisResult<Content> {
    let is_known = |(name, _): &(String, String)| name::is_breaker(name);
    let forced_states = |value: &Value| {
        let records = pairs(value)?.into_iter().filter(is_known);
        let decoded = records.filter_map(|(name, record)| {
            let forced = Forced::decode(record.as_bytes(), now, version)?;
            let is_over = forced
                .over
                .as_ref()
                .is_some_and(|over| over.remaining.is_some_and(|remaining| remaining.is_zero()));
            (!is_over).then(|| (name.into(), forced))
        });
        RedisResult::Ok(decoded.collect())
    };
    let shared = pairs(shared)?.into_iter().filter(is_known);
    Ok(Content {
        forced: forced_states(forced)?,
        own: own.map_or(Ok(Vec::new()), forced_states)?,
        shared: shared
            .filter_map(|(name, record)| Some((name.into(), Shared::decode(record.as_bytes(), now)?)))
            .collect(),
    })
}

fn lease_reply(value: &Value) -> RedisResult<Reply> {
    let items = list(value)?;
    let remaining = || {
        clamped(
            items
                .get(1)
                .and_then(|item| integer(item).ok())
                .map_or(0, i64::unsigned_abs),
        )
    };
    let third = || text(items.get(2).ok_or_else(unreadable)?);
    Ok(Reply::Lease(
        match text(items.first().ok_or_else(unreadable)?)?.as_str() {
            "granted" => LeaseReply::Granted {
                token: third()?.parse().map_err(|_| unreadable())?,
                remaining: remaining().min(LONGEST_LEASE),
            },
            "held" => LeaseReply::Held {
                owner: third()?.into(),
                remaining: remaining().min(LONGEST_LEASE),
            },
            "early" => LeaseReply::Early {
                remaining: remaining(),
            },
            "not_open" => LeaseReply::NotOpen,
            _ => return Err(unreadable()),
        },
    ))
}

fn token_reply(value: Value) -> RedisResult<Reply> {
    Ok(Reply::Token(from_redis_value::<i64>(value)? == 1))
}

fn version(value: &Value) -> RedisResult<Version> {
    text(value)?.parse().map_err(|_| unreadable())
}

fn list(value: &Value) -> RedisResult<&[Value]> {
    match value {
        Value::Array(items) => Ok(items),
        _ => Err(unreadable()),
    }
}

/// Returns the pairs of a map, or of the flat list that a script returns. Texts
/// that are not UTF-8 become unreadable records.
fn pairs(value: &Value) -> RedisResult<Vec<(String, String)>> {
    let lossy = |value: &Value| match value {
        Value::BulkString(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Value::SimpleString(text) => text.clone(),
        _ => String::new(),
    };
    match value {
        Value::Map(pairs) => Ok(pairs
            .iter()
            .map(|(name, value)| (lossy(name), lossy(value)))
            .collect()),
        Value::Array(items) => Ok(items
            .chunks_exact(2)
            .map(|pair| (lossy(&pair[0]), lossy(&pair[1])))
            .collect()),
        _ => Err(unreadable()),
    }
}

fn text(value: &Value) -> RedisResult<String> {
    match value {
        Value::BulkString(bytes) => String::from_utf8(bytes.clone()).map_err(|_| unreadable()),
        Value::SimpleString(text) => Ok(text.clone()),
        _ => Err(unreadable()),
    }
}

fn integer(value: &Value) -> RedisResult<i64> {
    match value {
        Value::Int(number) => Ok(*number),
        _ => Err(unreadable()),
    }
}

fn optional(number: Option<u64>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

fn lease_millis(lease: Duration) -> u64 {
    millis(lease.clamp(SHORTEST_LEASE, LONGEST_LEASE))
}

fn unreadable() -> RedisError {
    RedisError::from((
        redis::ErrorKind::UnexpectedReturnType,
        "the reply has another form",
    ))
}
