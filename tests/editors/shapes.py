"""Functions of other shapes: methods, traits, generics, streams, functions that a macro makes.

Each one is compared word by word with the plain function.
"""

import re

import probes

#: A name, the text, and the names that a rename must follow. `$0` is where code is typed.
SHAPES = [
    ("method by value", """impl Shop {
#[circuit_breaker(name = "m", fallback = |_| Ok(extra), fallback_on = "rejection")]
async fn m(self, extra: u32) -> Answer<u32> { let taken = self.city.len() as u32; $0 Ok(taken + extra) }
}""", "extra taken"),
    ("synchronous method", """impl Shop {
#[circuit_breaker(name = "m", failure = Err(e) if e.status() > least, fallback = Self::own)]
fn m(&mut self, least: u16) -> Answer<u16> { self.city.clear(); $0 Ok(least) }
fn own(&mut self, _: u16) -> Answer<u16> { Ok(1) }
}""", "least own e"),
    ("typed receiver", """impl Shop {
#[circuit_breaker(name = "m", key = self.city.clone(), fallback = |_| self.queued(extra).await)]
async fn m(self: std::sync::Arc<Self>, extra: u32) -> Answer<u32> { $0 Ok(extra) }
}""", "extra"),
    ("method of a generic type", """struct Held<V> { value: V }
impl<T: Clone + Send + Sync + 'static> Held<T> {
#[circuit_breaker(name = "held", last_good = "5m", last_good_key = number, fallback = |_| Ok(self.value.clone()))]
async fn get(&self, number: u64) -> Answer<T> { drop(number); $0 Ok(self.value.clone()) }
}""", "number T"),
    ("generics with bounds and where", """#[circuit_breaker(fallback = other, failure = Err(e) if e.is_down())]
async fn f<K, const N: usize>(first: K, many: [K; N]) -> Answer<K> where K: fmt::Debug + Send + Clone + 'static { let taken = many.len(); $0 drop((taken, many)); Ok(first) }
async fn other<O, const P: usize>(it: O, _: [O; P]) -> Answer<O> { Ok(it) }""", "first many K N taken"),
    ("lifetimes", """#[circuit_breaker(fallback = |cause| { drop(cause); Ok(text) })]
async fn f<'a>(text: &'a str, other: &str) -> Answer<&'a str> { drop(other); $0 Ok(text) }""", "text cause other"),
    ("impl Trait in the parameters", """#[circuit_breaker(fallback = |_| Err(Error::NotFound), key = text.to_string())]
async fn f(text: impl fmt::Display + Send, more: impl Fn(u32) -> u32 + Send) -> Answer<u32> { let sum = more(1); $0 Ok(sum + text.to_string().len() as u32) }""", "text more sum"),
    ("impl Future with a lifetime", """#[circuit_breaker(fallback = |_| Ok(word.len() + early), timeout = "1s")]
fn f<'a>(word: &'a str) -> impl Future<Output = Answer<usize>> + Send + 'a { let early = word.len(); $0 async move { Ok(early) } }""", "word early"),
    ("impl Trait in the return type", """#[circuit_breaker(failure = Err(Error::Status(code @ 500..)) if *code != skip)]
async fn f(skip: u16) -> Answer<impl Iterator<Item = u16>> { let all = vec![skip]; $0 Ok(all.into_iter()) }""", "skip code all"),
    ("boxed future", """#[circuit_breaker(fallback = |_| Ok(id))]
fn f(id: u32) -> std::pin::Pin<Box<dyn Future<Output = Answer<u32>> + Send>> { let twice = id * 2; $0 Box::pin(async move { Ok(twice) }) }""", "id twice"),
    ("default method of a trait", """trait Fetch: Sync {
#[circuit_breaker(name = "fetch", fallback = |_| Ok(id), ignore = Err(e) if e.status() == low)]
async fn fetch(&self, id: u32, low: u16) -> Answer<u32> where Self: Send { let one = id; $0 drop(low); Ok(one) }
}""", "id low e one"),
    ("synchronous default method", """trait Fetch {
const MAX: u32 = 3;
fn own(&self, x: u32) -> Answer<u32> { Ok(x) }
#[circuit_breaker(name = "fetch", fallback = Self::own)]
fn fetch(&self, id: u32) -> Answer<u32> { let one = id; $0 Ok(one + Self::MAX) }
}""", "id own one"),
    ("method of a trait", """trait Fetch { fn fetch(&self, id: u32) -> impl Future<Output = Answer<u32>> + Send; }
impl Fetch for Shop {
#[circuit_breaker(fallback = |_| Ok(id), breaker = &self.breaker)]
async fn fetch(&self, id: u32) -> Answer<u32> { let one = id; $0 Ok(one) }
}""", "one"),
    ("async_trait with lifetimes", """#[async_trait]
trait Fetch { async fn fetch(&self, text: &str, id: u32) -> Answer<usize>; }
#[async_trait]
impl Fetch for Shop {
#[circuit_breaker(name = "fetch", failure = Err(e) if e.status() > 499, fallback = |cause| { drop(cause); Ok(self.city.len()) })]
async fn fetch(&self, text: &str, id: u32) -> Answer<usize> { let local = text.len(); Ok(local + id as usize) }
}""", "local e cause"),
    ("async_trait inside the trait", """#[async_trait]
trait Fetch {
#[circuit_breaker(name = "fetch", fallback = |cause| { drop(cause); Ok(1) })]
async fn fetch(&self, text: String) -> Answer<usize> { let local = text.len(); Ok(local) }
}""", "local cause"),
    ("nested modules", """mod outer { pub(crate) mod inner {
use super::super::*;
pub const MANY: u32 = 7;
#[circuit_breaker(trial_calls = MANY, name = super::TITLE, fallback = super::stand_in)]
pub(in super::super) async fn f(id: u32) -> Answer<u32> { let one = id; $0 Ok(one) }
} const TITLE: &str = "x"; async fn stand_in(x: u32) -> super::Answer<u32> { Ok(x) } }""", "MANY TITLE stand_in id one"),
    ("inside a function", """fn outside(above: u32) {
#[circuit_breaker(fallback = local)]
async fn f(id: u32) -> Answer<u32> { let one = id; $0 Ok(one) }
async fn local(x: u32) -> Answer<u32> { Ok(x) }
let below = above; }""", "local id one below above"),
    ("renamed import", """use fusebox::circuit_breaker as cb;
#[cb(fallback = |_| Ok(id), trial_calls = MOST)]
async fn f(id: u32) -> Answer<u32> { let one = id; $0 Ok(one) }""", "id one"),
    ("whole path", """#[fusebox::circuit_breaker(fallback = |_| Ok(id), trial_calls = MOST)]
async fn f(id: u32) -> Answer<u32> { let one = id; $0 Ok(one) }""", "id one"),
    ("made by a macro", """macro_rules! made { ($name:ident, $ty:ty) => {
#[circuit_breaker(fallback = |_| Ok(id), trial_calls = MOST)]
async fn $name(id: $ty) -> Answer<$ty> { let one = id; Ok(one) } } }
made!(first, u32);
made!(second, String);
async fn caller() { let got = first(1).await; let other = second(String::new()).await; }""", "got other first second"),
    ("arguments in a macro", """macro_rules! wrapped { ($($item:item)*) => { $($item)* } }
wrapped! {
#[circuit_breaker(fallback = |_| Ok(id), trial_calls = MOST)]
async fn f(id: u32) -> Answer<u32> { let one = id; Ok(one) }
}""", "id one"),
    ("axum handler", """struct Json<T>(T);
struct Path<T>(T);
async fn saved(State(shop): State<Order>, Path((tenant, number)): Path<(String, u64)>, Json(order): Json<Order>) -> Answer<Json<u64>> { Ok(Json(number)) }
#[circuit_breaker(key = tenant.clone(), fallback = saved, failure = Err(e) if e.status() == u16::MAX)]
async fn f(State(shop): State<Order>, Path((tenant, number)): Path<(String, u64)>, Json(order): Json<Order>) -> Answer<Json<u64>> {
let sum = order.total() + number + shop.total(); $0 drop(tenant); Ok(Json(sum)) }
fn caller(o: Order) { let _ = f(State(o.clone()), Path((String::new(), 1)), Json(o)); }""", "e sum"),
    ("axum handler with a closure", """struct Path<T>(T);
#[circuit_breaker(fallback = |_| Ok(format!("{tenant} {number}")), fallback_on = "failure")]
async fn f(Path((tenant, number)): Path<(String, u64)>, _: State<()>) -> Answer<String> { let copy = tenant; $0 Ok(format!("{copy}{number}")) }""", "tenant number copy"),
    ("several failures", """#[circuit_breaker(failure = Err(Error::NotFound | Error::Refused(_)), failure = Err(Error::Status(a)) if *a > low, ignore = Ok(n) if *n == 0, ignore = Err(b) if b.is_down())]
async fn f(low: u16) -> Answer<u32> { let one = low; $0 Ok(one.into()) }""", "a low n b one"),
    ("alternatives with one binding", """#[circuit_breaker(failure = Ok(0) | Err(Error::Status(500..)), failure = Err(Error::Status(code)) if { let limit = 400; *code > limit })]
async fn f(id: u32) -> Answer<u32> { let one = id; $0 Ok(one) }""", "code limit id one"),
    ("classifier in a module", """mod judges { pub fn strict<T>(_: &super::Answer<T>) -> super::Outcome { super::Outcome::Failure } }
#[circuit_breaker(classify = judges::strict::<u32>, error = |refusal| Error::Status(refusal.name().len() as u16))]
async fn f(id: u32) -> Answer<u32> { let one = id; $0 Ok(one) }""", "strict refusal one"),
    ("breaker from a function", """fn breaker_of(_: &Order) -> &'static CircuitBreaker { todo!() }
#[circuit_breaker(breaker = breaker_of(&order))]
async fn f(order: Order) -> Answer<u64> { let one = order.total(); $0 Ok(one) }""", "order breaker_of one"),
    ("key of several parameters", """#[circuit_breaker(key = format!("{tenant}{}", order.number), max_keys = 10, name = NAME)]
async fn f(tenant: &str, order: &Order) -> Answer<u64> { let one = order.number; $0 Ok(one) }""", "tenant order one"),
    ("last good value with a block as key", """#[circuit_breaker(last_good = PAUSE, last_good_key = { let inner = tenant.len(); (inner, number) })]
async fn f(tenant: String, number: u64) -> Answer<u64> { let one = number; $0 drop(tenant); Ok(one) }""", "tenant inner number one"),
    ("option", """#[circuit_breaker(failure = None, fallback = |_| Some(id))]
async fn f(id: u32) -> Option<u32> { let one = id; $0 Some(one) }""", "id one"),
    ("unsafe and extern", """#[circuit_breaker(fallback = |_| Ok(id))]
pub unsafe extern "C" fn f(id: u32) -> Answer<u32> { let one = id; $0 Ok(one) }""", "id one"),
    ("attributes and documentation", """/// Fetches it, with [`stored::answer`].
#[inline]
#[circuit_breaker(fallback = stored::answer)]
#[must_use]
#[allow(unused_variables, clippy::all)]
/// The rest.
pub async fn f(/* the number */ id: u32) -> Answer<u32> { // begins
let one = id; $0 Ok(one) }""", "id one"),
    ("raw names", """#[circuit_breaker(fallback = |_| Ok(r#type), key = r#type)]
async fn r#fn(r#type: u32) -> Answer<u32> { let one = r#type; $0 Ok(one) }""", "one"),
    ("shadowed parameter", """#[circuit_breaker(fallback = |_| { let id = id + 1; Ok(id) }, fallback_on = "failure")]
async fn f(id: u32) -> Answer<u32> { let id = id; $0 Ok(id) }""", ""),
    ("nested functions, closures and macros in the body", """#[circuit_breaker(fallback = |cause| match cause { Cause::Failed(Err(Error::Status(code))) if code > 3 => Ok(code.into()), Cause::Rejected(r) => Err(r.into()), _ => Ok(id) })]
async fn f(id: u32) -> Answer<u32> { fn inner(deep: u32) -> u32 { deep } let add = |step: u32| step + id; let all = vec![inner(1), add(2)]; println!("{id} {all:?}"); 'out: for each in &all { if *each > 3 { break 'out; } } $0 Ok(all[0]) }""", "code r cause id inner deep add step all each"),
    ("async block and question mark", """#[circuit_breaker(fallback = |_| { let got = stored::answer(id).await?; Ok(got) }, timeout = "1s")]
async fn f(id: u32) -> Answer<u32> { let later = async { stored::answer(id).await }; let got = later.await?; $0 Ok(got) }""", "id later"),
    ("stream", """trait Stream { type Item; }
struct Lines; impl Stream for Lines { type Item = Answer<String>; }
#[circuit_breaker(fallback = |_| Ok(Box::new(Lines)))]
async fn f(url: &str) -> Answer<Box<dyn Stream<Item = Answer<String>> + Send>> { let lines = Lines; $0 drop(url); Ok(Box::new(lines)) }""", "url lines"),
]

#: Words that an editor does not resolve.
_KEYWORDS = set("as async await break const continue crate else enum extern false fn for if impl in let loop match mod move mut pub "
                "ref return static struct super trait true type unsafe use where while dyn macro_rules".split())


def _words(text, start, end):
    """The offset of each name, without those in text and comments."""
    code = re.sub(r'"(?:[^"\\]|\\.)*"|//.*|/\*.*?\*/', lambda found: " " * len(found.group()), text[start:end])
    names = re.finditer(r"(?<![\w'])(?:r#)?[A-Za-z_]\w*", code)
    return [(start + found.start(), found.group()) for found in names if found.group() not in _KEYWORDS | {"_"}]


def _attribute(probe):
    """The names in the values; keys and literals are not compared with code."""
    start, end = probe.attribute
    first = probe.text.index("(", start)
    words = _words(probe.text, first, end)
    return [(at, word) for at, word in words if not _is_key(probe.text, at, word)]


def _is_key(text, at, word):
    before = text[:at].rstrip()[-1]
    behind = text[at + len(word):].lstrip()
    return before in "(," and behind[:1] == "=" and behind[:2] not in ("==", "=>") and word in _KEYS


_KEYS = {"window", "trial_calls", "bogus", "co", "threshold", "name", "key", "breaker", "fallback", "fallback_on", "failure", "ignore", "classify", "error", "timeout", "last_good",
         "last_good_key", "max_keys"}


def _compared(found, plain):
    return "; ".join(f"{name}: {one!r:.150}, plain: {other!r:.150}" for (name, one), (_, other) in zip(found, plain) if one != other)


def _each_word(ask):
    """A question about each word of the file, except those of the attribute."""

    def of(snippet):
        def question(editor, prelude):
            probe = probes.Probe(prelude, snippet)
            start, end = probe.attribute
            words = _words(probe.text, probe.start, start) + _words(probe.text, end, len(probe.text))
            answers = []
            for text in (probe.text, probe.plain, probe.instrumented):
                editor.show(text)
                answers.append([(f"{word} at {at - probe.start}", ask(editor, at, probe)) for at, word in words])
            found, plain, instrument = answers
            # Where any attribute macro gets another answer, that is right too.
            wanted = [(one if one == mine else other) for mine, one, other in zip(found, instrument, plain)]
            return _compared(found, wanted), plain != instrument

        return question

    return of


def _whole(ask):
    def of(snippet):
        def question(editor, prelude):
            probe = probes.Probe(prelude, snippet)
            answers = []
            for text in (probe.text, probe.plain, probe.instrumented):
                editor.show(text)
                answers.append(ask(editor, probe))
            found, plain, instrument = answers
            wrong = found not in (plain, instrument)
            return (f"{_only(found, plain)}, plain: {_only(plain, found)}" if wrong else ""), plain != instrument

        return question

    return of


def _only(one, other):
    return [each for each in one if each not in other]


def _references(editor, at, probe):
    """Those of a name that this file declares; the standard library has too many."""
    if not all(isinstance(place, int) for place in editor.definition(at)):
        return []
    start, end = probe.attribute
    return [place for place in editor.references(at) if not start <= place < end]


def _is_outside(at, probe):
    return at >= probe.start and not probe.attribute[0] <= at < probe.attribute[1]


def _values(ask, change=lambda snippet: snippet):
    """A question about each name in the arguments."""

    def of(snippet):
        def question(editor, prelude):
            probe = probes.Probe(prelude, change(snippet))
            editor.show(probe.text)
            # In the definition of a macro, an editor resolves nothing, with or without an attribute.
            words = [] if "macro_rules! made" in snippet else _attribute(probe)
            wrong = [f"{word}: {found}" for at, word in words if (found := ask(editor, at, word))]
            return "; ".join(wrong), False

        return question

    return of


def _one_definition(editor, at, word):
    found, hover = editor.definition(at), editor.hover(at)
    # An item of the standard library may have two places there.
    if len(set(found)) != 1 and not (found and all(isinstance(place, str) for place in found)):
        return f"{len(found)} places: {found}"
    headings = hover.split("\n---\n")[0].count("```rust")
    return "" if 1 <= headings <= 2 else f"hover: {hover!r:.200}"


def _is_completed(editor, at, word):
    if at in editor.definition(at):
        return ""  # A new name is not completed.
    found = editor.completion(at + len(word))
    return "" if word.removeprefix("r#") in found or word in found else f"not among {len(found)}"


def _with_mistake(mistake):
    return lambda snippet: re.sub(r"(#\[(?:fusebox::)?(?:circuit_breaker|cb)\()", rf"\g<1>{mistake}, ", snippet, count=1)


def _one_error(mistake):
    def of(snippet):
        def question(editor, prelude):
            probe = probes.Probe(prelude, _with_mistake(mistake)(snippet))
            editor.show(probe.text)
            # A macro that makes two functions has the error twice, at the same place.
            found = {(probe.text[start:end], message) for start, end, severity, message in editor.problems() if severity == 1}
            return ("" if len(found) == 1 else f"{found}"), False

        return question

    return of


def _typed(code, ask):
    """What is proposed where the body is still being typed."""

    def of(snippet):
        return _whole(ask)(snippet.replace("$0", code))

    return of


def renames(rename):
    for name, snippet, names in SHAPES:
        plain = snippet.replace("$0", "")
        for each in names.split():
            for place in range(len(re.findall(rf"\b{each}\b", plain))):
                yield f"{each}, place {place + 1}, of: {name}", rename(plain, each, place)


def _each(*ways):
    for what, way in ways:
        for name, snippet, _ in SHAPES:
            if way is not None and ("$0" in snippet or "complet" not in what and "half" not in what):
                yield f"{what} of: {name}", way(snippet)


def beside():
    for mistake in ("threshold = 0", "bogus = 1", "co", 'window = "10"'):
        yield from _each((f"definitions beside {mistake}", _values(_one_definition, _with_mistake(mistake))))
        # rust-analyzer shows an error behind a function, but not if that function is inside another one.
        errors = _each((f"one error for {mistake}", _one_error(mistake)))
        yield from (probe for probe in errors if not probe[0].endswith("of: inside a function"))


def completions():
    yield from _each(("each name in the arguments", _values(_is_completed)))


def hovers():
    yield from _each(("hover on each word", _each_word(lambda editor, at, probe: editor.hover(at))))


def definitions():
    yield from _each(
        ("one place for each name in the arguments", _values(_one_definition)),
        ("definition of each word", _each_word(lambda editor, at, probe: editor.definition(at))),
        ("references of each word", _each_word(_references)))


def orders():
    ask = lambda editor, probe: editor.proposed(probe.at[0])[:40]
    yield from _each(*((f"order of completion in {code}", _typed(code, ask)) for code in ("drop($0);", "let half: u32 = o$0;", "return $0;")))


def half_typed():
    proposed = lambda editor, probe: sorted(editor.completion(probe.at[0]))
    codes = ("Some(5).$0", "drop($0);", "if $0 {}", "match Some(1) { Some(x) if $0 => {} _ => {} }")
    each = _each(*((f"completion, half-typed {code}", _typed(code, proposed)) for code in codes))
    # `Some(5).Box::pin(…)` is one expression, so the function does not return a future.
    yield from ((what, probe) for what, probe in each if what != "completion, half-typed Some(5).$0 of: boxed future")


def errors():
    yield from _each(("all problems", _whole(lambda editor, probe: editor.problems())))
    own = lambda editor, probe: [one for one in editor.problems() if _is_outside(one[0], probe)]
    codes = ("Some(5).;", "let half: u8 = \"\";", "missing(;", "return 5u8;", "match 1 { 2 => {} }")
    each = _each(*((f"errors, half-typed {code}", _typed(code, own)) for code in codes))
    # A limit: the error about the body's last brace begins inside the body.
    yield from ((what, probe) for what, probe in each if what != "errors, half-typed return 5u8; of: impl Future with a lifetime")


def keys(key):
    """Behind the last argument, every other one is proposed."""
    for name, snippet, _ in SHAPES:
        if "macro_rules!" in snippet:
            continue
        start = re.search(r"#\[(?:fusebox::)?(?:circuit_breaker|cb)\(", snippet).end()
        end = snippet.index(")]\n", start)
        given = re.findall(r"(?:^|, )(\w+) = ", snippet[start:end])
        repeats = ("failure", "ignore")
        for typed in ("$0", "th$0"):
            text = snippet.replace("$0", "")
            end = text.index(")]\n", start)
            yield f"{typed} behind the arguments of: {name}", key(f"{text[:end]}, {typed}{text[end:]}", [one for one in given if one not in repeats])


def calls():
    """Signature help and hints where the function is called."""
    callers = [
        ("async fn f<K: Send, const N: usize>(first: K, [a, b]: [K; 2], _: [u8; N]) -> Answer<K> { Ok(first) }", "f(1u8, [2, 3], [4, 5])"),
        ("async fn f<'a>(text: &'a str, (a, _): (u8, u8)) -> Answer<&'a str> { Ok(text) }", 'f("a", (1, 2))'),
        ("async fn f(text: impl fmt::Display + Send, State(_): State<u8>) -> Answer<u8> { Ok(1) }", "f(1, State(2))"),
        ("fn f(many: &[u8], Order { number, lines: _ }: Order) -> Answer<u64> { Ok(number) }", "f(&[], todo!())"),
        ("fn f(word: &str) -> impl Future<Output = Answer<usize>> + '_ { async move { Ok(word.len()) } }", 'f("a")'),
        ("async fn f(&(ref a, b): &(String, u8), mut n: u8) -> Answer<u8> { n += b; Ok(n) }", "f(todo!(), 1)"),
        ("async fn f(whole @ (a, _): (u8, u8)) -> Answer<u8> { Ok(whole.0) }", "f((1, 2))"),
    ]
    ways = [
        ("hover", lambda editor, probe: editor.hover(probe.at[0]).splitlines()),
        ("signature help", lambda editor, probe: [one.replace(" ", "") for one in editor.signature(probe.at[1])]),
        ("hints", lambda editor, probe: editor.hints()),
    ]
    for arguments in ("fallback = stand_in", "threshold = 0", 'last_good = "5m"', "fallback = |_| todo!()"):
        for function, call in callers:
            call = call.replace("f(", "$0f($0", 1)
            for what, ask in ways:
                snippet = f"#[circuit_breaker({arguments})]\n{function}\nfn caller() {{ let made = {call}; }}"
                yield f"{what} of {function} with {arguments}", _whole(ask)(snippet)


def colours():
    colours = lambda editor, probe: [one[:3] for one in editor.colours() if _is_outside(one[0], probe)]
    hints = lambda editor, probe: [one for one in editor.hints() if _is_outside(one[0], probe)]
    yield from _each(("colours", _whole(colours)), ("hints", _whole(hints)))


#: A function with one value of a wrong type, and the words that may be underlined.
_MISTAKEN = [
    ('impl Shop {\n#[circuit_breaker(name = "m", fallback = |_| Ok(self.city))]\nasync fn m(self, id: u32) -> Answer<u32> { Ok(id) }\n}', "city"),
    ('impl Shop {\n#[circuit_breaker(name = "m", fallback = Self::own)]\nfn m(&self, id: u32) -> Answer<u32> { Ok(id) }\n'
     "fn own(&self, id: String) -> Answer<u32> { Ok(1) }\n}", "own"),
    ("#[circuit_breaker(fallback = |_| Ok(5))]\nasync fn f<T: Send>(id: T) -> Answer<T> { Ok(id) }", "5"),
    ("#[circuit_breaker(fallback = |_| Ok(\"a\"))]\nfn f<'a>(id: &'a u8) -> impl Future<Output = Answer<&'a u8>> { async move { Ok(id) } }", '"a"'),
    ("trait Fetch {\n#[circuit_breaker(name = NAME, threshold = PAUSE)]\nfn m(&self) -> Answer<u32> { Ok(1) }\n}", "PAUSE"),
    ("mod inner { use super::*;\n#[circuit_breaker(timeout = MOST)]\nasync fn f(id: u32) -> Answer<u32> { Ok(id) } }", "MOST"),
    ("fn outside() {\n#[circuit_breaker(name = MOST)]\nasync fn f(id: u32) -> Answer<u32> { Ok(id) }\n}", "MOST"),
    ("use fusebox::circuit_breaker as cb;\n#[cb(failure = Err(e) if e.status())]\nasync fn f(id: u32) -> Answer<u32> { Ok(id) }", "status"),
    ("#[circuit_breaker(failure = Err(e) if e.status() == \"a\")]\nasync fn f(id: u32) -> Answer<u32> { Ok(id) }", '"a"'),
    ("#[circuit_breaker(failure = Some(_))]\nasync fn f(id: u32) -> Answer<u32> { Ok(id) }", "Some(_)"),
    ("#[circuit_breaker(failure = Err(Error::NotFound) | Ok(\"a\"))]\nasync fn f(id: u32) -> Answer<u32> { Ok(id) }", '"a"'),
    ("#[circuit_breaker(error = |refusal| 5)]\nasync fn f(id: u32) -> Answer<u32> { Ok(id) }", "5"),
    ("#[circuit_breaker(error = |_| Error::Status(id))]\nasync fn f(id: &str) -> Answer<u32> { Ok(id.len() as u32) }", "id"),
    ("#[circuit_breaker(fallback = |cause| match cause { Cause::Failed(answer) => answer, _ => 7 })]\n"
     "async fn f(State(id): State<u32>) -> Answer<u32> { Ok(id) }", "7"),
]

#: The same for errors that a server reports with `diagnostics.experimental` only.
_UNSURE_MISTAKEN = [
    ("#[circuit_breaker(key = id.missing())]\nasync fn f(id: u32) -> Answer<u32> { Ok(id) }", "missing"),
    ("#[circuit_breaker(last_good = \"5m\", last_good_key = id.missing)]\nasync fn f(id: Order) -> Answer<u32> { Ok(1) }", "missing"),
]


def mistakes(underlined):
    yield from _mistaken(underlined, _MISTAKEN)


def unsure(underlined):
    yield from _each(("all uncertain problems", _whole(lambda editor, probe: editor.problems())))
    yield from _mistaken(underlined, _UNSURE_MISTAKEN)


def _mistaken(underlined, mistakes):
    for snippet, token in mistakes:
        yield f"{token} in {' '.join(snippet.split())}", underlined(snippet, token)
