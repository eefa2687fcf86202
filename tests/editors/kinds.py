"""The twelve kinds of questions, each with its probes.

A question takes the editor and the prelude. It returns what is wrong, or an empty string; and whether `instrument`
gives another answer than the plain function.
"""

import re
from typing import NamedTuple

import probes
import shapes


class Kind(NamedTuple):
    number: int
    name: str
    questions: list


def _probe(prelude, snippet):
    return probes.Probe(prelude, snippet)


def _same_as_plain(ask, alike=lambda found, plain, probe: found == plain):
    """A question whose answer must be that of the plain function."""

    def of(snippet):
        def question(editor, prelude):
            probe = _probe(prelude, snippet)
            answers = []
            for text in (probe.text, probe.plain, probe.instrumented):
                editor.show(text)
                answers.append(ask(editor, probe))
            found, plain, instrument = answers
            wrong = "" if alike(found, plain, probe) else f"{found}, plain: {plain}, instrument: {instrument}"
            return wrong, instrument != plain

        return question

    return of


def _name(snippet):
    return " ".join(snippet.split())[:110]


# 1. Rename

#: A snippet, and the names in it that are renamed everywhere, from each place where they stand.
_RENAMED = [
    ('#[circuit_breaker(fallback = |_| Ok(id), fallback_on = "failure")]\nasync fn f(id: u32) -> Answer<u32> { Ok(id) }', "id"),
    ('#[circuit_breaker(fallback = |cause| { drop(cause); Ok(id) })]\nasync fn f(id: u32) -> Answer<u32> { let x = id; Ok(x) }',
     "id cause x"),
    ('#[circuit_breaker(last_good = "5m", last_good_key = id)]\nasync fn f(id: u32) -> Answer<u32> { Ok(id) }', "id"),
    ('#[circuit_breaker(last_good = "5m", last_good_key = (tenant.to_owned(), id), fallback_on = "failure")]\n'
     "async fn f(tenant: &str, id: u32) -> Answer<u32> { drop(tenant); Ok(id) }", "id tenant"),
    ('#[circuit_breaker(last_good = "5m", last_good_key = id, fallback = |_| Ok(id + n), fallback_on = "failure")]\n'
     "async fn f(id: u32, mut n: u32) -> Answer<u32> { n += 1; Ok(id + n) }", "id n"),
    ("#[circuit_breaker(key = region)]\nasync fn f(region: String) -> Answer<usize> { Ok(region.len()) }", "region"),
    ("#[circuit_breaker(breaker = &shop.breaker)]\nasync fn f(shop: &Shop) -> Answer<usize> { Ok(shop.city.len()) }", "shop"),
    ("#[circuit_breaker(failure = Err(e) if e.status() > limit, ignore = Err(other) if other.is_down())]\n"
     "async fn f(limit: u16) -> Answer<u16> { Ok(limit) }", "limit e other"),
    ("#[circuit_breaker(failure = Err(e) if e.status() > a, fallback = stored_pair)]\n"
     "async fn f((a, b): (u16, u16)) -> Answer<u16> { Ok(a + b) }", "a b e"),
    ('#[circuit_breaker(fallback = |_| Ok(a), fallback_on = "failure")]\n'
     "async fn f((a, b): (u32, u32)) -> Answer<u32> { Ok(a + b) }", "a b"),
    ('#[circuit_breaker(last_good = "5m")]\nasync fn f((a, b): (u32, u32), c: u32) -> Answer<u32> { Ok(a + b + c) }', "a b c"),
    ("#[circuit_breaker(fallback = stored::answer)]\nasync fn f(id: u32) -> Answer<u32> { Ok(id) }", "id"),
    ("#[circuit_breaker(error = |refusal| { drop(refusal); Error::NotFound })]\nasync fn f(id: u32) -> Answer<u32> { Ok(id) }",
     "refusal id"),
    ("#[circuit_breaker(error = |refusal| { drop(refusal); Error::Status(id) })]\nasync fn f(id: u16) -> Answer<u16> { Ok(id) }",
     "refusal id"),
    ('#[circuit_breaker(error = |_| Error::Status(a + b), timeout = "1s")]\n'
     "async fn f((a, b): (u16, u16)) -> Answer<u16> { Ok(a + b) }", "a b"),
    ('impl Shop {\n#[circuit_breaker(name = "m", error = |_| { drop(self.city.len()); Error::Status(id) })]\n'
     "fn m(&self, id: u16) -> Answer<u16> { Ok(id) }\n}", "id"),
    ('#[async_trait]\ntrait Ask { async fn ask(&self, n: u32) -> Answer<u16>; }\n#[async_trait]\nimpl Ask for Shop {\n'
     '#[circuit_breaker(name = "m", error = |_| Error::Status(id))]\n'
     "async fn ask(&self, id: u16) -> Answer<u16> { let x = id; Ok(x) }\n}", "id"),
    ('#[circuit_breaker(fallback = |_| Ok(id), fallback_on = "failure")]\nfn f(id: u32) -> Answer<u32> { Ok(id) }', "id"),
    ("#[circuit_breaker(fallback = own)]\nfn f(id: u32) -> Answer<u32> { Ok(id) }\nfn own(_: u32) -> Answer<u32> { Ok(1) }", "id own"),
    ('impl Shop {\n#[circuit_breaker(name = "m", key = own, fallback = |_| { let y = own; Ok(y + n) })]\n'
     "async fn m(&mut self, own: u32, n: u32) -> Answer<u32> { self.city.push('x'); Ok(own + n) }\n}", "own n y"),
    ('#[async_trait]\ntrait Ask { async fn ask(&self, id: u32) -> Answer<u32>; }\n#[async_trait]\nimpl Ask for Shop {\n'
     '#[circuit_breaker(name = "m", fallback = |cause| { drop(cause); Ok(1) })]\n'
     "async fn ask(&self, text: u32) -> Answer<u32> { let x = text; Ok(x) }\n}", "cause x"),
    ('#[async_trait]\ntrait Ask { async fn ask(&self, n: u32) -> Answer<u32>; }\n#[async_trait]\nimpl Ask for Shop {\n'
     '#[circuit_breaker(name = "m", last_good = "5m", last_good_key = id, fallback = |_| Ok(id), fallback_on = "failure")]\n'
     "async fn ask(&self, id: u32) -> Answer<u32> { let x = id; Ok(x) }\n}", "id"),
    ('#[circuit_breaker(key = format!("{region}"))]\nasync fn f(region: String) -> Answer<usize> { Ok(region.len()) }', "region"),
    ("#[circuit_breaker(fallback = |_| { let f = |n: u32| n + id; Ok(f(1)) })]\nfn f(id: u32) -> impl Future<Output = Answer<u32>> "
     "{ async move { Ok(id) } }", "id n"),
    ("trait Default2 {\n#[circuit_breaker(fallback = |_| Ok(id))]\nasync fn m(id: u32) -> Answer<u32> { Ok(id) }\n}", "id"),
    ("#[circuit_breaker(fallback = |_| Ok(id.clone()), failure = Err(_) if !seen.is_empty())]\n"
     "async fn f<T: Clone + Send>(id: T, seen: &[T]) -> Answer<T> { drop(seen); Ok(id) }", "id seen T"),
    ("#[circuit_breaker(fallback = |cause| match cause { Cause::Failed(answer) => answer, Cause::Rejected(_) => Ok(id), _ => Ok(1) })]\n"
     "async fn f(id: u32) -> Answer<u32> { Ok(id) }", "cause answer"),
    ('#[circuit_breaker(threshold = 0, fallback = |_| Ok(id), fallback_on = "failure")]\nasync fn f(id: u32) -> Answer<u32> { Ok(id) }', "id"),
    ("#[circuit_breaker(threshold = LIMIT)]\nasync fn f(id: u32) -> Answer<u32> { Ok(id) }\nconst LIMIT: u32 = 3;", "LIMIT"),
    ("#[circuit_breaker(classify = my_judge)]\nasync fn f(id: u32) -> Answer<u32> { Ok(id) }\n"
     "fn my_judge(_: &Answer<u32>) -> Outcome { Outcome::Success }", "my_judge"),
    ("#[circuit_breaker(error = my_error)]\nasync fn f(id: u32) -> Answer<u32> { Ok(id) }\n"
     "fn my_error(_: Refusal) -> Error { Error::NotFound }", "my_error"),
]


def _renames():
    for snippet, names in _RENAMED:
        for name in names.split():
            for index in range(len(re.findall(rf"\b{name}\b", snippet))):
                yield f"{name}, place {index + 1}, in {_name(snippet)}", _rename(snippet, name, index)


def _rename(snippet, name, index):
    def question(editor, prelude):
        probe = _probe(prelude, snippet)
        places = [found.start() for found in re.finditer(rf"\b{name}\b", probe.text[probe.start:])]
        wanted = probe.text[:probe.start] + re.sub(rf"\b{name}\b", "renamed", probe.text[probe.start:])
        editor.show(probe.text)
        found = editor.rename(probe.start + places[index], "renamed")
        return "" if found == wanted else found and found[probe.start:] or "refused", False

    return question


# 2. Beside one mistake

_MISTAKES = ["threshold = 0", 'cooldown = "10"', "bogus = 1", "co", "threshold =", "threshold", "failure = Err(", "5", "type = 5",
             "a::b = 5", "trial-calls = 5", "threshold == 5", "threshold(5)", 'window = "10"', "jitter = 20", "max_keys ="]
#: A value, the word that is asked about, what its hover contains, and where it is declared.
_VALUES = [
    ("fallback = stored::order", "order", "Answers from memory", "fn order"),
    ("trial_calls = MOST", "MOST", "A limit", "const MOST"),
    ("timeout = PAUSE", "PAUSE", "A duration", "const PAUSE"),
    ("name = NAME", "NAME", "A name", "const NAME"),
    ("classify = judge", "judge", "Returns an outcome", "fn judge"),
    ("error = refuse", "refuse", "Makes an error", "fn refuse"),
    ("failure = Err(Error::NotFound)", "NotFound", "NotFound", "    NotFound"),
    ("failure = Err(e) if e.is_down()", "is_down", "fn is_down", "fn is_down"),
    ("ignore = Err(e) if e.status() == id", "status", "fn status", "fn status"),
    ("fallback = |_| Ok(order.total())", "total", "fn total", "fn total"),
    ('last_good = "5m", last_good_key = order.number', "number", "number: u64", "pub number"),
    ("key = order.number", "number", "number: u64", "pub number"),
    ("error = |_| { order.total(); Error::NotFound }", "total", "fn total", "fn total"),
]
_BESIDE = "async fn f(id: u16, order: Order) -> Answer<u64> { Ok(order.number) }"


def _beside():
    for mistake in _MISTAKES:
        for value, word, hover, declared in _VALUES:
            excluded = (mistake.split(" =")[0] in value.split() or "max_keys" in mistake and "key =" in value) or "Err(" in mistake and "classify" in value
            if excluded:
                continue
            for first in (True, False):
                # A half-typed key is the last one; a value that is not closed swallows what follows.
                if mistake.endswith("("):
                    both = f"{mistake}), {value}" if first else f"{value}, {mistake})"
                else:
                    both = f"{mistake}, {value}" if first else f"{value}, {mistake}"
                snippet = f"#[circuit_breaker({both})]\n{_BESIDE}"
                yield f"{word} in {both}", _alive(snippet, word, hover, declared)


def _alive(snippet, word, hover, declared):
    def question(editor, prelude):
        probe = _probe(prelude, snippet)
        attribute = probe.text[: probe.end]
        at = attribute.rindex(word) if attribute.count(word, probe.start) == 1 else attribute.index(word, probe.start)
        editor.show(probe.text)
        if hover not in editor.hover(at):
            return f"hover: {editor.hover(at)[:60]!r}", False
        wanted = probe.text.index(declared) + declared.index(word)
        if editor.definition(at) != [wanted]:
            return f"definition: {editor.definition(at)}", False
        if at not in editor.references(wanted):
            return "not among the references", False
        if word not in editor.completion(at + 2):
            return "not completed", False
        renamed = editor.rename(wanted, "other_name")
        if not renamed or word in renamed[probe.start: probe.end + 4].replace("fn f", ""):
            return "not renamed", False
        if not any(start == at for start, *_ in editor.colours()):
            return "no colour", False
        ours = [message for start, _, severity, message in editor.problems() if severity == 1]
        return ("" if len(ours) == 1 else f"{len(ours)} errors: {ours}"), False

    return question


# 3. Completion inside values

#: The arguments, what must be proposed, and what must not.
_COMPLETED = [
    ("failure = Err(Error::$0)", "NotFound Status Refused", "f"),
    ("failure = Err(Error::No$0)", "NotFound", ""),
    ("failure = Err(Error::NotFound) | Err(Error::$0)", "Status", ""),
    ("failure = Err(e) if e.$0", "is_down status", "total"),
    ("failure = Err(e) if e.st$0", "status", ""),
    ("failure = Err(e) if e.is_down() && e.$0", "is_down status", ""),
    ("failure = Err(e) if e.status() == $0", "e id order", ""),
    ("failure = Err(e) if $0", "e id order", ""),
    ("failure = Err(Error::Status(s)) if s.$0", "checked_add", ""),
    ("failure = $0", "Err Ok", ""),
    ("ignore = $0", "Err Ok", ""),
    ("failure = $0, threshold = 5", "Err Ok", ""),
    ("fallback = |_| Ok(order.$0)", "total number", ""),
    ("fallback = |_| Ok(order.nu$0)", "number", ""),
    ("fallback = |_| Ok(order.$0), threshold = 5", "total number", ""),
    ("fallback = |_| order.$0", "total number", ""),
    ("fallback = |cause| $0", "cause id order", ""),
    ("fallback = |cause| ca$0", "cause", ""),
    ("fallback = |cause| { $0 }", "cause id order", ""),
    ("fallback = |cause| { let x = order.$0 }", "total", ""),
    ("fallback = |cause| { let x = order.$0; Ok(1) }", "total", ""),
    ("fallback = |cause| { order.$0\n Ok(1) }", "total", ""),
    ("fallback = |cause| { order.$0\n let x = 1; Ok(x) }", "total", ""),
    ("fallback = |cause| cause.$0", "rejected", "total"),
    ("fallback = |cause| match cause { Cause::$0 }", "Rejected Failed TimedOut", ""),
    ("fallback = |cause| match cause { Cause::Rejected(r) => Ok(1), Cause::$0 }", "Failed TimedOut", ""),
    ("fallback = |cause| match cause { Cause::Rejected(r) => r.$0, _ => Ok(1) }", "retry_after", ""),
    ("fallback = |cause| match cause { Cause::$0, _ => Ok(1) }", "Rejected Failed TimedOut", ""),
    ("fallback = |cause| match cause { Cause::Failed(a) => { a } Cause::$0 }", "Rejected Failed TimedOut", ""),
    ("fallback = |cause| match cause { Cause::Failed(a) => a, _ => $0 }", "cause id order", ""),
    ("fallback = |cause| match cause { Cause::Failed(a) if a.$0 => a, _ => Ok(1) }", "is_ok", ""),
    ("fallback = |cause| match cause { $0 }", "Cause", ""),
    ("fallback = |cause| if let Cause::Failed(a) = $0 { a } else { Ok(1) }", "cause id", ""),
    ("fallback = |cause| if let Cause::$0", "Failed", ""),
    ("fallback = |cause| if id > 3 { Ok(order.$0) } else { Ok(1) }", "total", ""),
    ("fallback = |_| Ok(u64::from($0))", "id order", ""),
    ("fallback = |_| Ok(u64::from(id) + $0)", "id order", ""),
    ("fallback = |_| Ok([order.$0].len() as u64)", "total", ""),
    ("fallback = |_| { for line in order.$0 { drop(line); } Ok(1) }", "lines", ""),
    ("fallback = |_| { let f = |x: &Order| x.$0; Ok(1) }", "total", ""),
    ("fallback = |_| Ok(order.clone().$0)", "total", ""),
    ("fallback = |_| stored::order(id, order.$0).await", "number", ""),
    ("fallback = |_| Ok(stored::$0)", "answer", ""),
    ("fallback = |_| Err(Error::$0)", "NotFound Refused", ""),
    ("fallback = |_| Ok(Order { number: order.$0, lines: vec![] }.number)", "number", ""),
    ("failure = Ok(n) if *n > order.$0", "number", ""),
    ("failure = Err(Error::Status(s)) if *s == $0", "s id", ""),
    ("failure = Ok(n) | Err(Error::$0)", "Status", ""),
    ("ignore = Err(e) if matches!(e, Error::$0)", "NotFound", ""),
    ("failure = Err(e) if e.$0, threshold = 5", "is_down", ""),
    ("failure = Err(e) if e.$0, ignore = Err(o) if o.is_down()", "is_down", ""),
    ("threshold = 0, failure = Err(e) if e.$0", "is_down", ""),
    ("cooldown = \"10\", fallback = |_| Ok(order.$0)", "total", ""),
    ("co, key = order.$0", "number", ""),
    ("key = (id, order.$0)", "number", ""),
    ("key = format!(\"{}\", order.$0)", "number", ""),
    ("key = &order.$0", "lines", ""),
    ("max_keys = $0, key = id", "MOST", ""),
    ("last_good = $0", "PAUSE", ""),
    ("slow_call = PA$0", "PAUSE", ""),
    ("fallback = |cause| { drop(cause); $0 }", "id order", ""),
    ("fallback = |_| if order.$0 { Ok(1) } else { Ok(2) }", "total", ""),
    ("fallback = |_| match order.$0 { _ => Ok(1) }", "number", ""),
    ("fallback = $0", "stored stored_pair", ""),
    ("fallback = stored::$0", "answer order", "f"),
    ("fallback = stored::an$0", "answer", ""),
    ('last_good = "5m", last_good_key = order.lines.$0', "len iter", "checked_add"),
    ('last_good = "5m", last_good_key = (id, order.$0)', "number", ""),
    ('last_good = "5m", last_good_key = $0', "id order", ""),
    ('last_good = "5m", last_good_key = order.number.$0', "checked_add", "total"),
    ('last_good_key = order.lines.clone().$0, last_good = "5m"', "len", "checked_add"),
    ("key = order.$0", "number", ""),
    ("key = $0", "id order", ""),
    ("breaker = &$0", "id order", ""),
    ("breaker = order.$0", "number", ""),
    ("classify = $0", "judge", ""),
    ("classify = ju$0", "judge", ""),
    ("classify = fusebox::classify::$0", "io", ""),
    ("error = $0", "refuse", ""),
    ("error = |refusal| $0", "refusal", ""),
    ("error = |refusal| refusal.$0", "name", "total"),
    ("error = |refusal| Error::$0", "NotFound", ""),
    ("error = |_| $0", "id order", ""),
    ("error = |_| order.$0", "number total", ""),
    ("error = |_| Error::Status(order.$0)", "number", ""),
    ("error = |refusal| { drop(refusal); $0 }", "id order", ""),
    ("threshold = $0", "MOST", ""),
    ("threshold = MO$0", "MOST", ""),
    ("trial_calls = $0, threshold = 5", "MOST", ""),
    ("cooldown = $0", "PAUSE", ""),
    ("timeout = PA$0", "PAUSE", ""),
    ("name = $0", "NAME", ""),
    ("latency = $0", "true false", ""),
    ("window = $0", "MOST PAUSE", ""),
    ("crate = my::fusebox, $0", "threshold cooldown", "order"),
    ("crate = my::fusebox, th$0", "threshold", "order"),
    ("crate = my::fusebox, threshold = MO$0", "MOST", ""),
    ("crate = my::fusebox, failure = Err(e) if e.$0", "is_down", ""),
    ("threshold = u32::$0", "MAX", ""),
    ("cooldown = std::time::Duration::$0", "MAX ZERO", ""),
]


def _completions():
    for arguments, wanted, unwanted in _COMPLETED:
        for head, receiver in (("async fn f(id: u16, order: Order)", ""), ("fn f(id: u16, order: Order)", "")):
            if "timeout" in arguments and not head.startswith("async"):
                continue
            snippet = f"#[circuit_breaker({arguments})]\n{head} -> Answer<u64> {{ Ok(order.number) }}"
            yield f"{arguments} on {head.split(' f')[0]}", _completion(snippet, wanted.split(), unwanted.split())
    own = 'impl Shop {{\n#[circuit_breaker(name = "m", {})]\nasync fn m(&self, id: u32) -> Answer<u32> {{ Ok(id) }}\n}}'
    for arguments, wanted, unwanted in [("key = self.$0", "city", ""), ("fallback = |_| Ok(self.$0)", "city queued", ""),
                                        ("error = |_| self.$0", "city", ""),
                                        ("fallback = Self::$0", "queued", ""), ("breaker = &self.$0", "breaker", ""),
                                        ('last_good = "5m", last_good_key = (self.$0, id)', "city", "")]:
        yield f"{arguments} on a method", _completion(own.format(arguments), wanted.split(), unwanted.split())
    traits = ("#[async_trait]\ntrait Ask {{ async fn ask(&self, id: u32) -> Answer<u32>; }}\n#[async_trait]\n"
              'impl Ask for Shop {{\n#[circuit_breaker(name = "m", {})]\n'
              "async fn ask(&self, id: u32) -> Answer<u32> {{ Ok(id) }}\n}}")
    for arguments, wanted in [("fallback = |_| Ok($0)", "id"), ("failure = Err(e) if e.$0", "is_down"),
                              ("fallback = |cause| $0", "cause id"), ("error = |_| $0", "id"), ("failure = Err(Error::$0)", "NotFound")]:
        yield f"{arguments} under async_trait", _completion(traits.format(arguments), wanted.split(), [])


def _completion(snippet, wanted, unwanted):
    def question(editor, prelude):
        probe = _probe(prelude, snippet)
        editor.show(probe.text)
        found = editor.completion(probe.at[0])
        missing = [name for name in wanted if name not in found]
        extra = [name for name in unwanted if name in found] + _internal(found)
        return (f"missing {missing}, too many {extra}, of {len(found)}" if missing or extra else ""), False

    return question


def _internal(found):
    """Names of ours. `__self` is one of `#[async_trait]`."""
    return [name for name in found if name.lstrip("'").startswith("__") and name != "__self"]


# 4. Completion of keys

_KEYED = [
    ("$0", ""), ("th$0", ""), ("threshold = 5, $0", "threshold"), ("threshold = 5, co$0", "threshold"),
    ("fallback = stored_pair, $0", "fallback"), ("$0, fallback = stored_pair", "fallback"),
    ("co$0, fallback = stored_pair", "fallback"), ("fallback = |_| Ok(1), $0", "fallback"),
    ('fallback = |cause| match cause { _ => Ok(1) }, fallback_on = "failure", $0', "fallback fallback_on"),
    ("failure = Err(e) if e.is_down(), $0", ""), ("failure = Err(Error::NotFound), fallback = stored_pair, $0", "fallback"),
    ('last_good = "5m", $0', "last_good"), ('last_good = "5m", last_good_key = 1, mi$0', "last_good last_good_key"),
    ('threshold = "50%", window = "10s", $0, cooldown = "1s"', "threshold window cooldown"),
    ("threshold = 0, $0", "threshold"), ("bogus = 1, $0", ""), ("fallback = 5, $0", "fallback"),
]
_FUNCTIONS = [
    "async fn f(pair: (u32, u32)) -> Answer<u32> { Ok(pair.0) }",
    "async fn f((a, b): (u32, u32)) -> Answer<u32> { Ok(a + b) }",
    "async fn f(State(a): State<(u32, u32)>) -> Answer<u32> { Ok(a.0) }",
    "async fn f(_: (u32, u32)) -> Answer<u32> { Ok(1) }",
    "fn f((a, b): (u32, u32)) -> Answer<u32> { Ok(a + b) }",
    "fn f(pair: (u32, u32)) -> impl Future<Output = Answer<u32>> { async move { Ok(pair.0) } }",
]


def _keys():
    for arguments, given in _KEYED:
        for function in _FUNCTIONS:
            snippet = f"#[circuit_breaker({arguments})]\n{function}"
            yield f"{arguments} on {function.split(' ->')[0]}", _key(snippet, given.split())
        trait = ("#[async_trait]\ntrait Ask { async fn ask(&self, pair: (u32, u32)) -> Answer<u32>; }\n#[async_trait]\n"
                 f'impl Ask for Shop {{\n#[circuit_breaker(name = "m", {arguments})]\n'
                 "async fn ask(&self, pair: (u32, u32)) -> Answer<u32> { Ok(pair.0) }\n}")
        yield f"{arguments} under async_trait", _key(trait, ["name", *given.split()])


def _key(snippet, given):
    def question(editor, prelude):
        probe = _probe(prelude, snippet)
        editor.show(probe.text)
        found = editor.completion(probe.at[0])
        wanted = {key for key in known_keys() if key not in given}
        if not wanted or set(found) - {"crate", "self", "super"} != wanted:
            extra = sorted(set(found) - wanted)
            return f"missing {sorted(wanted - set(found))}, too many {extra[:12]} of {len(extra)}", False
        silent = [key for key in wanted if not found[key]]
        return (f"without documentation: {silent}" if silent else ""), False

    return question


def known_keys():
    from check import known_keys as known
    return known()


# 5. Generated names

_GUARDS = [
    "threshold = 5", "fallback = stored::answer", "fallback = |_| Ok(id)", 'fallback = |_| Ok(id), fallback_on = "failure"',
    'fallback = stored::answer, fallback_on = "failure", timeout = "1s"', 'last_good = "5m", last_good_key = id',
    "failure = Err(e) if e.is_down()", "key = id", "breaker = &own", "error = |refusal| refuse(refusal)", "classify = judge",
    'last_good = "5m", fallback = stored::answer, threshold = MOST',
]
_BODIES = ["let x = 1; $0 Ok(x)", "$0 Ok(id)", "let x = id; Ok($0)", "loop { $0 } ", "'a: loop { break $0; }", "if id > 1 { $0 } Ok(1)"]


def _generated():
    own = "static own: std::sync::LazyLock<CircuitBreaker> = std::sync::LazyLock::new(|| todo!());\n"
    same = _same_as_plain(lambda editor, probe: sorted(editor.completion(probe.at[0])), _more_of_the_body)
    for arguments in _GUARDS:
        for body in _BODIES:
            snippet = f"{own}#[circuit_breaker({arguments})]\nasync fn f(id: u32) -> Answer<u32> {{ {body} }}"
            yield f"{body} with {arguments}", same(snippet)
        blocking = f"{own}#[circuit_breaker({arguments})]\nfn f(id: u32) -> Answer<u32> {{ let x = id; $0 Ok(x) }}"
        if "timeout" not in arguments and "stored" not in arguments:
            yield f"a synchronous body with {arguments}", same(blocking)
    for arguments in ["fallback = |cause| { $0 }", "failure = Err(e) if $0", "key = $0", 'last_good = "1s", last_good_key = $0',
                      "fallback = |cause| $0", "error = |refusal| $0", 'error = |refusal| { $0 }, timeout = "1s"', "breaker = $0", "failure = $0",
                      'fallback = |_| { $0 }, last_good = "5m", fallback_on = "failure"']:
        for head in ("async fn f(id: u32)", "fn f(id: u32)", "async fn f((a, b): (u32, u32))"):
            snippet = f"#[circuit_breaker({arguments})]\n{head} -> Answer<u32> {{ let hidden = 1; Ok(hidden) }}"
            yield f"{arguments} on {head}", _nothing_generated(snippet)


def _more_of_the_body(found, plain, probe):
    """Before a line without an expression, the plain function lacks its own locals."""
    body = set(re.findall(r"\w+", probe.text[probe.end:]))
    return not set(plain) - set(found) and set(found) - set(plain) <= body


def _nothing_generated(snippet):
    def question(editor, prelude):
        probe = _probe(prelude, snippet)
        editor.show(probe.text)
        found = editor.completion(probe.at[0])
        extra = _internal(found) + [name for name in ("break", "continue", "hidden", "keys") if name in found]
        labels = [name for name in found if name.startswith("'") and name != "'static"]
        return (f"proposed: {extra + labels}" if extra or labels else "" if found else "nothing"), False

    return question


# 6. Signatures

_SIGNED = [
    ("fallback = stored_pair", "async fn f((a, b): (u32, u32)) -> Answer<u32> { Ok(a + b) }", "f((1, 2))"),
    ("fallback = stored::answer", "async fn f(_: u32) -> Answer<u32> { Ok(1) }", "f(1)"),
    ('last_good = "5m"', "async fn f(_: u32, (a, b): (u32, u32)) -> Answer<u32> { Ok(a + b) }", "f(1, (1, 2))"),
    ('last_good = "5m", last_good_key = a', "async fn f(_: String, (a, b): (u32, u32)) -> Answer<u32> { Ok(a + b) }",
     "f(String::new(), (1, 2))"),
    ("fallback = |_| Ok(app)", "async fn f(State(app): State<u32>) -> Answer<u32> { Ok(app) }", "f(State(1))"),
    ("fallback = stored_pair", "async fn f(State(app): State<u32>) -> Answer<u32> { Ok(app) }", "f(State(1))"),
    ("fallback = stored_pair", "async fn f(Order { number, .. }: Order) -> Answer<u64> { Ok(number) }", "f(todo!())"),
    ('fallback = stored_pair, fallback_on = "failure"', "async fn f([a, b]: [u32; 2], _: String) -> Answer<u32> { Ok(a + b) }",
     "f([1, 2], todo!())"),
    ("threshold = 5", "async fn f(first: String, _: String) -> Answer<u32> { Ok(1) }", "f(todo!(), todo!())"),
    ("fallback = stored::answer", "async fn f(mut id: u32) -> Answer<u32> { id += 1; Ok(id) }", "f(1)"),
    ("fallback = stored_pair", "fn f((a, b): (u32, u32)) -> Answer<u32> { Ok(a + b) }", "f((1, 2))"),
    ("threshold = 0, fallback = stored_pair", "async fn f((a, b): (u32, u32)) -> Answer<u32> { Ok(a + b) }", "f((1, 2))"),
]


def _in_docs(editor, prelude):
    """What rustdoc shows of each function, with the attribute and without it."""
    import subprocess

    functions = [(arguments, function) for arguments, function, _ in _SIGNED if "threshold = 0" not in arguments]
    shown = []
    for with_attribute in (True, False):
        modules = [f"pub mod m{at} {{ use super::*;\n{f'#[circuit_breaker({arguments})]' if with_attribute else ''}\npub {function} }}\n"
                   for at, (arguments, function) in enumerate(functions)]
        file = editor.file
        before = file.read_text()
        file.write_text(prelude + "".join(modules))
        command = ["cargo", "rustdoc", "--quiet", "--lib", "--target-dir", str(editor.project.parent / "target"), "--", "--cap-lints", "allow"]
        try:
            subprocess.run(command, cwd=editor.project, check=True, capture_output=True)
        finally:
            file.write_text(before)
        pages = [editor.project.parent / "target" / "doc" / "fixture" / f"m{at}" / "fn.f.html" for at in range(len(functions))]
        found = [re.search(r'<pre class="rust item-decl">(.*?)</pre>', page.read_text(), re.DOTALL).group(1) for page in pages]
        shown.append([re.sub("<[^>]*>", "", one) for one in found])
    wrong = [f"{found}, plain: {plain}" for found, plain in zip(*shown) if found != plain]
    return "; ".join(wrong), False


def _signatures():
    yield "rustdoc", _in_docs
    ways = [
        ("hover", _same_as_plain(lambda editor, probe: editor.hover(probe.at[0]))),
        # Inside a macro, rust-analyzer prints a pattern without blanks.
        ("signature help", _same_as_plain(lambda editor, probe: [one.replace(" ", "") for one in editor.signature(probe.at[1])])),
        ("parameter hints", _same_as_plain(lambda editor, probe: editor.hints())),
        ("completion", _same_as_plain(lambda editor, probe: [
            (item.get("labelDetails"), item.get("detail")) for item in editor._proposals(probe.at[0]) if item["label"].startswith("f(")])),
    ]
    for arguments, function, call in _SIGNED:
        call = call.replace("f(", "$0f($0", 1)
        snippet = f"#[circuit_breaker({arguments})]\n{function}\nfn caller() {{ let _ = {call}; }}"
        for name, way in ways:
            yield f"{name} of {function.split(' ->')[0]} with {arguments}", way(snippet)


# 7. Hover on a declared parameter

_HOVERED = ["fallback = stored::answer", 'fallback = stored::answer, fallback_on = "failure"', "fallback = |_| Ok(id)",
            'fallback = |_| Ok(id), fallback_on = "failure"', 'last_good = "5m"', 'last_good = "5m", last_good_key = id',
            "key = id", "threshold = 5", "failure = Err(e) if e.status() == id as u16", "threshold = 0, fallback = stored::answer",
            'timeout = "1s", failure = Err(_)', "classify = judge"]


def _hovers():
    same = _same_as_plain(lambda editor, probe: editor.hover(probe.at[0]))
    for arguments in _HOVERED:
        for function in ["async fn f($0id: u32) -> Answer<u32> { Ok(id) }", "async fn f(mut $0id: u32) -> Answer<u32> { id += 1; Ok(id) }",
                         "async fn f(id: u32) -> Answer<u32> { Ok($0id) }", "async fn f(id: u32) -> $0Answer<u32> { Ok(id) }",
                         "async fn f(id: $0u32) -> Answer<u32> { Ok(id) }", "fn f($0id: u32) -> Answer<u32> { Ok(id) }",
                         "async fn f(id: u32) -> Answer<u32> { let $0x = id; Ok(x) }", "async fn $0f(id: u32) -> Answer<u32> { Ok(id) }"]:
            yield f"{function} with {arguments}", same(f"#[circuit_breaker({arguments})]\n{function}")
    for function in ["async fn f(($0a, b): (u32, u32)) -> Answer<u32> { Ok(a + b) }", "async fn f((a, b): (u32, u32)) -> Answer<u32> { Ok($0a + b) }",
                     "async fn f(State($0a): State<u32>) -> Answer<u32> { Ok(a) }"]:
        for arguments in ["fallback = stored_pair", 'last_good = "5m"', 'fallback = stored_pair, fallback_on = "failure"']:
            yield f"{function} with {arguments}", same(f"#[circuit_breaker({arguments})]\n{function}")
    shop = 'impl Shop {{\n#[circuit_breaker(name = "m", {})]\nasync fn m(&$0self, id: u32) -> Answer<u32> {{ drop(&self.city); Ok(id) }}\n}}'
    for arguments in ["fallback = Self::queued", "fallback = |_| Ok(self.city.len() as u32)", "key = self.city"]:
        yield f"self with {arguments}", same(shop.format(arguments))


# 8. One definition

_DEFINED = ["crate = my::fusebox, $0threshold = 5", "crate = my::$0fusebox", "threshold = $0MOST", "trial_calls = $0MOST", "window = $0MOST, threshold = MOST", "cooldown = $0PAUSE", "timeout = $0PAUSE",
            "name = $0NAME", "classify = $0judge", "error = $0refuse", "fallback = stored::$0answer", "fallback = $0stored::answer",
            "$0fallback = stored::answer", '$0last_good = "5m"', "$0threshold = 5", "$0classify = judge", "$0error = refuse",
            "$0key = id", "$0breaker = todo!()", "$0failure = Err(_)", "failure = Err($0Error::NotFound)", "failure = Err(Error::$0NotFound)",
            "failure = Err(e) if $0e.is_down()", "failure = Err(e) if e.$0is_down()", "fallback = |_| Ok($0id)",
            'fallback = |_| Ok($0id), fallback_on = "failure"', "fallback = |cause| { drop($0cause); Ok(id) }", "key = $0id",
            'last_good = "5m", last_good_key = $0id', 'last_good = $0PAUSE, last_good_capacity = MOST', "max_keys = $0MOST, key = id",
            "slow_call = $0PAUSE", 'fallback = "stored::$0answer"', "error = |refusal| $0refuse(refusal)", "threshold = 0, timeout = $0PAUSE",
            "$0fallback = stored::answer, threshold = 0", 'fallback = |_| { let $0y = id; Ok(y) }']


def _definitions():
    for arguments in _DEFINED:
        snippet = f"#[circuit_breaker({arguments})]\nasync fn f(id: u32) -> Answer<u32> {{ Ok(id) }}"
        yield arguments, _definition(snippet)


def _definition(snippet):
    def question(editor, prelude):
        probe = _probe(prelude, snippet)
        editor.show(probe.text)
        found = editor.definition(probe.at[0])
        hover = editor.hover(probe.at[0])
        wrong = "" if len(found) == 1 else f"{len(found)} places: {found}"
        return wrong or ("" if hover and hover.count("```rust") <= 2 else f"hover: {hover!r}"), False

    return question


# 9. Errors of the body

_WRONG_BODIES = ["drop(1);", "", "if id > 1 { return Ok(1); }", "let x = 1;", "1u8", "Ok(\"text\")", "return 5;", "Ok(missing_method(id.nothing()))",
                 "for x in 0..3 { drop(x); }", "match id { 1 => Ok(1), }", "let x: u8 = id; Ok(id)", "Err(5)", "id.nothing; Ok(1)", "Ok(stored_blocking())"]
_BODY_GUARDS = ["threshold = 5", "fallback = stored::answer", 'fallback = |_| Ok(id), fallback_on = "failure"', 'last_good = "5m", last_good_key = id']


def _tails():
    same = _same_as_plain(lambda editor, probe: [one for one in editor.problems() if one[0] >= probe.end])
    for arguments in _BODY_GUARDS:
        for body in _WRONG_BODIES:
            yield f"{{ {body} }} with {arguments}", same(f"#[circuit_breaker({arguments})]\nasync fn f(id: u32) -> Answer<u32> {{ {body} }}")
        blocking = "\n".join([f"#[circuit_breaker({arguments})]".replace("stored::answer", "stored_blocking"), "fn f(id: u32) -> Answer<u32> {", "    drop(1);", "}"])
        yield f"a synchronous body with {arguments}", same(blocking)
    yield "inner attribute", same("#[circuit_breaker]\nasync fn f(id: u32) -> Answer<u32> { #![allow(dead_code)] drop(1); }")


# 10. Order of completion

_ORDERED = ["drop(text); Ok(u64::from($0id))", "Ok(u64::from($0))", "let n: u32 = i$0; Ok(1)", "takes($0); Ok(1)", "Ok($0)", "$0",
            "let r: String = t$0; Ok(1)", "if $0 { Ok(1) } else { Ok(2) }", "return $0;", "drop(id); takes($0); Ok(1)"]


def _orders():
    same = _same_as_plain(lambda editor, probe: editor.proposed(probe.at[0])[:25])
    helper = "fn takes(_: u32) {}\n"
    for arguments in ["threshold = 5", "fallback = |_| Ok(1)", 'fallback = |_| Ok(u64::from(id)), fallback_on = "failure"', 'last_good = "5m"']:
        for body in _ORDERED:
            snippet = f"{helper}#[circuit_breaker({arguments})]\nasync fn f(text: String, id: u32) -> Answer<u64> {{ {body} }}"
            yield f"{body} with {arguments}", same(snippet)


# 11. With `diagnostics.experimental`

_UNSURE = ["fallback = Self::queued", 'fallback = Self::queued, fallback_on = "failure"', "fallback = |_| Ok(self.city.len() as u32)",
           "fallback = |cause| match cause { Cause::Failed(answer) => answer, _ => Ok(1) }", "failure = Err(e) if e.is_down()",
           'last_good = "5m", last_good_key = (self.city.clone(), id)', "error = |refusal| refuse(refusal)",
           "error = refuse", "error = |_| Error::Status(self.city.len() as u16 + id as u16)", "classify = judge", "key = self.city", "threshold = MOST", 'fallback = |_| Err(Error::NotFound), timeout = "1s"',
           "fallback = |_| self.queued(id).await", "fallback = |_| { let x = self.queued(id).await?; Ok(x) }",
           "fallback = |_| { if id > 1 { return Ok(1); } Ok(2) }", 'last_good = "5m", last_good_key = id, fallback_on = "failure"']


def _unsure():
    own = 'impl Shop {{\n#[circuit_breaker(name = "m", {})]\nasync fn m(&self, id: u32) -> Answer<u32> {{ drop(&self.city); Ok(id) }}\n}}'
    same = _same_as_plain(lambda editor, probe: editor.problems())
    for arguments in _UNSURE:
        yield arguments, same(own.format(arguments))
    for arguments, function in [("fallback = made", "async fn f(id: u32) -> Answer<u32> { Ok(id) }\nasync fn made<T: Default>(_: u32) -> Answer<T> { Ok(T::default()) }"),
                                ("fallback = made", "async fn f<T: Default + Clone>(id: T) -> Answer<T> { Ok(id) }\nasync fn made<T>(id: T) -> Answer<T> { Ok(id) }"),
                                ("fallback = made", "fn f(id: u32) -> Answer<u32> { Ok(id) }\nfn made<T: Default>(_: u32) -> Answer<T> { Ok(T::default()) }"),
                                ("fallback = made", "async fn f((a, b): (u32, u32)) -> Answer<u32> { Ok(a + b) }\nasync fn made<T>(_: T) -> Answer<u32> { Ok(1) }"),
                                ("fallback = made", "async fn f(id: impl fmt::Display) -> Answer<u32> { Ok(1) }\nasync fn made<T>(_: T) -> Answer<u32> { Ok(1) }"),
                                ("fallback = |_| Ok(String::new())", "async fn f(id: u32) -> Answer<impl fmt::Display> { Ok(String::new()) }"),
                                ("failure = 500.., fallback = |_| 5", "async fn f(id: u32) -> u32 { id }"),
                                ("threshold = 5", "async fn f() -> Answer<()> { Ok(()) }")]:
        yield f"{arguments} on {function}", same(f"#[circuit_breaker({arguments})]\n{function}")


# 12. Mistakes in a fallback, and colours

#: The arguments, the other function, and the words that are underlined.
_MISTAKEN = [
    ("fallback = few", "async fn few() -> Answer<u32> { Ok(1) }", "few"),
    ("fallback = few", "async fn few(id: u32) -> Answer<u32> { Ok(1) }", "few"),
    ("fallback = many", "async fn many(id: u32, b: u32, c: u32) -> Answer<u32> { Ok(1) }", "many"),
    ("fallback = other", "async fn other(id: String, b: u32) -> Answer<u32> { Ok(1) }", "other"),
    ("fallback = other", "async fn other(id: u32, b: u32) -> Answer<String> { Err(Error::NotFound) }", "other"),
    ("fallback = m::few", "mod m { pub async fn few() -> super::Answer<u32> { Ok(1) } }", "few"),
    ("fallback = |_| Ok(few())", "fn few(id: u32) -> u32 { 1 }", "()"),
    ("fallback = |_| \"text\"", "", "\"text\""),
    ("classify = other", "fn other(_: u32) -> Outcome { Outcome::Success }", "other"),
    ("threshold = other", "const other: u8 = 3;", "other"),
    ("name = other", "const other: u8 = 3;", "other"),
    ("failure = Err(5)", "", "5"),
]


def _mistakes():
    for arguments, other, token in _MISTAKEN:
        for head in ("async fn f(id: u32, b: u32)", "fn f(id: u32, b: u32)"):
            other_here = other if head.startswith("async") else other.replace("async fn", "fn")
            snippet = f"#[circuit_breaker({arguments})]\n{head} -> Answer<u32> {{ Ok(id + b) }}\n{other_here}"
            yield f"{arguments} on {head}, {other}", _underlined(snippet, token)
    # The modifiers say that the word is inside a macro.
    colours = _same_as_plain(lambda editor, probe: [one[:3] for one in editor.colours() if one[0] >= probe.end])
    hints = _same_as_plain(lambda editor, probe: [one for one in editor.hints() if one[0] >= probe.end])
    for arguments in _HOVERED:
        for function in ["async fn f(id: u32) -> Answer<u32> { let x = id; Ok(x) }", "async fn f(mut id: u32) -> Answer<u32> { id += 1; Ok(id) }",
                         "fn f(id: u32) -> Answer<u32> { Ok(id) }"]:
            yield f"colours of {function} with {arguments}", colours(f"#[circuit_breaker({arguments})]\n{function}")
            yield f"hints of {function} with {arguments}", hints(f"#[circuit_breaker({arguments})]\n{function}")


def _cfgs():
    same = _same_as_plain(lambda editor, probe: editor.problems())
    for arguments in ["fallback = own", 'last_good = "5m"', "fallback = |_| Ok(b)", "threshold = 5"]:
        yield f"parameters with a cfg, with {arguments}", same(
            f"#[circuit_breaker({arguments})]\nasync fn f(#[cfg(any())] a: Missing, b: u32, #[cfg(all())] c: u32) -> Answer<u32> {{ Ok(b) }}\n"
            "async fn own(a: u32, c: u32) -> Answer<u32> { Ok(a) }")


def _underlined(snippet, token):
    def question(editor, prelude):
        probe = _probe(prelude, snippet)
        editor.show(probe.text)
        found = [(probe.text[start:end], message) for start, end, severity, message in editor.problems() if severity == 1]
        is_right = len(found) == 1 and found[0][0] == token
        return ("" if is_right else f"{found}"), False

    return question


KINDS = [
    Kind(1, "rename reaches every place", [*_renames(), *shapes.renames(_rename)]),
    Kind(2, "one mistake leaves the other arguments alive", [*_beside(), *shapes.beside()]),
    Kind(3, "completion inside values", [*_completions(), *shapes.completions()]),
    Kind(4, "completion of keys", [*_keys(), *shapes.keys(_key)]),
    Kind(5, "no generated name is visible", [*_generated(), *shapes.half_typed()]),
    Kind(6, "signatures stay the user's", [*_signatures(), *shapes.calls()]),
    Kind(7, "hover on a parameter once", [*_hovers(), *shapes.hovers()]),
    Kind(8, "one definition", [*_definitions(), *shapes.definitions()]),
    Kind(9, "errors of the body", [*_tails(), *shapes.errors()]),
    Kind(10, "order of completion", [*_orders(), *shapes.orders()]),
    Kind(12, "mistakes in a fallback, colours and hints", [*_mistakes(), *_cfgs(), *shapes.colours(), *shapes.mistakes(_underlined)]),
]
UNSURE = [Kind(11, "experimental diagnostics", [*_unsure(), *shapes.unsure(_underlined)])]
