"""What is typed, and what the editor must still know then.

`|` is the cursor where something is completed; `expected` lists the errors that must be there, and no others: the text
of the token and a part of the message.
"""

from typing import NamedTuple


class State(NamedTuple):
    """One state of the fixture."""

    name: str
    #: What stands between the parentheses of the attribute of `fetch_orders`.
    arguments: str = 'threshold = 5, cooldown = "10s", fallback = cached_orders'
    #: What is typed in the middle of its body.
    typed: str = ""
    #: Its parameters and return type.
    signature: str = "(user: u64) -> Result<Vec<Order>, Error> {"
    expected: tuple = ()
    #: What is asked; see `checks.py`.
    asks: tuple = ("body", "parameters", "callers", "references", "rename", "errors")
    #: Another text somewhere in the fixture: what is there and what stands there now.
    replaced: tuple = ("", "")


VALID = [
    State("no arguments", ""),
    State("fallback as a path", asks=State("").asks + ("fallback", "fallback renamed")),
    State("fallback in a module", "fallback = crate::cache::stored_orders"),
    State("fallback as a string", 'fallback = "cached_orders"'),
    State("fallback as a closure", "fallback = |cause| { drop(cause); cached_orders(user).await }"),
    State("fallback on failure", 'fallback = cached_orders, fallback_on = "failure"',
          asks=State("").asks + ("fallback", "fallback renamed")),
    State("patterns", "failure = Err(Error::Refused(_)), ignore = Err(Error::NotFound) if true"),
    State("timeout", 'timeout = "2s", fallback = |_| Ok(Vec::new()), fallback_on = "rejection"'),
    State("all settings", 'name = "orders", threshold = "50%", window = "10s", minimum_calls = 20, '
          'slow_call = "500ms", slow_threshold = "80%", cooldown = "10s", max_cooldown = "5m", jitter = "20%", '
          "trial_calls = 3, latency = true"),
    State("a breaker per key", 'key = user, max_keys = 10'),
    State("last good values", 'last_good = "5m", last_good_key = user, last_good_capacity = 10, fallback = cached_orders',
          asks=State("").asks + ("fallback", "fallback renamed")),
    State("last good values of all parameters", 'last_good = "5m", fallback_on = "failure"'),
    State("classifier", "classify = judge"),
    State("constants", "threshold = LIMIT, trial_calls = LIMIT, name = NAME"),
]


def _invalid(name, arguments, *expected):
    asks = State("").asks
    if "fallback = cached_orders" in arguments:
        asks += ("fallback", "fallback renamed")
    return State(name, arguments, expected=expected, asks=asks)


INVALID = [
    _invalid("unknown key", "thresold = 5, fallback = cached_orders", ("thresold", "did you mean `threshold`?")),
    _invalid("key of another library", "failure_rate = 0.5", ("failure_rate", 'did you mean `threshold = "50%"`?')),
    _invalid("keyword as key", "type = 5", ("type", "unknown argument `type`")),
    _invalid("number too small", "threshold = 0, fallback = cached_orders", ("0", "must be at least 1")),
    _invalid("number in quotes", 'trial_calls = "5"', ('"5"', "takes a number, not a string")),
    _invalid("duration without unit", 'cooldown = "10"', ('"10"', "`10` has no unit")),
    _invalid("duration without quotes", "timeout = 10", ("10", "takes a duration string")),
    _invalid("rate without sign", 'jitter = "20"', ('"20"', "has no percent sign")),
    _invalid("empty name", 'name = ""', ('""', "`name` is empty")),
    _invalid("broken pattern", "failure = Err(a + b)", ("+", "expected")),
    _invalid("pattern for every call", "ignore = _", ("_", "matches every call")),
    _invalid("number as fallback", "fallback = 5", ("5", "takes the path of a function")),
    _invalid("two parameters of a closure", "fallback = |a, b| Ok(a)", ("|", "takes one parameter")),
    _invalid("string as crate", 'crate = "fusebox"', ('"fusebox"', "takes a path, not a string")),
    _invalid("impossible combination", "threshold = 30, window = 20", ("window", "never reached")),
    _invalid("given twice", "threshold = 5, threshold = 6", ("threshold", "more than once")),
    _invalid("missing comma", 'threshold = 5 cooldown = "10s"', ("cooldown", "expected `,` before `cooldown`")),
    _invalid("semicolon", 'threshold = 5; cooldown = "10s"', (";", "expected `,` between arguments")),
    _invalid("no key", "5", ("5", "expected an argument name")),
    _invalid("path as key", "a::b = 5, fallback = cached_orders", ("a", "expected a single argument name")),
    _invalid("key with a dash", "trial-calls = 5", ("trial", "did you mean `trial_calls`?")),
    _invalid("number without key", "fallback = cached_orders, 5", ("5", "expected an argument name")),
    _invalid("text without key", '"orders"', ('"orders"', 'did you mean `name = "orders"`?')),
    _invalid("two equal signs", "threshold == 5", ("=", "found `=`")),
    _invalid("parentheses", "threshold(5)", ("(", "expected `=` after `threshold`")),
    _invalid("sum", "trial_calls = 1 + 1", ("1", "takes a single whole number")),
    _invalid("duration with a fraction", 'slow_call = "1.5s"', ('"1.5s"', 'did you mean `"1500ms"`?')),
    _invalid("unknown unit", 'max_cooldown = "10 minutes"', ('"10 minutes"', 'did you mean `"10m"`?')),
    _invalid("another word", 'fallback = cached_orders, fallback_on = "open"', ('"open"', "`fallback_on` is")),
    _invalid("fallback on, without fallback", 'fallback_on = "failure"', ("fallback_on", "needs a `fallback`")),
    _invalid("call as fallback", "fallback = cached_orders(7)", ("cached_orders", "takes a path, not a call")),
    _invalid("the function itself as fallback", "fallback = self::fetch_orders", ("self", "cannot be its own fallback"))
    ._replace(asks=("body", "parameters", "callers", "rename", "errors")),
    _invalid("text as classifier", 'classify = "judge"', ('"judge"', "takes a path, not a string")),
    _invalid("key of nothing", "last_good_key = user", ("last_good_key", "needs `last_good`")),
    _invalid("half a key of the last good values", 'last_good = "5m", last_good_key = (user, user +)',
             (")", "expected an expression"))._replace(asks=("body", "parameters", "callers", "references", "errors")),
    _invalid("name that is a number", "name = 5", ("5", "takes a string")),
    _invalid("three at once", 'threshold = 0, cooldown = "10", fallback = 5', ("0", "must be at least 1"),
             ('"10"', "has no unit"), ("5", "takes the path")),
]

_ALIVE = ("body", "parameters", "callers", "references", "rename", "keys", "errors")


def _half(arguments, *expected):
    asks = _ALIVE + (("fallback", "fallback renamed") if "fallback = cached_orders" in arguments else ())
    return State(f"({arguments})", arguments, expected=expected, asks=asks)


HALF_ARGUMENTS = [
    State("(|)", "|", asks=_ALIVE),
    _half("th|", ("th", "did you mean `threshold`?")),
    _half("threshold = 5, |"),
    _half("threshold = 5, co|", ("co", "did you mean")),
    _half('co| = "1s"', ("co", "did you mean")),
    _half("threshold|", ("threshold", "needs a value")),
    _half("threshold| =", ("=", "needs a value")),
    _half('threshold| = , cooldown = "1s"', ("=", "needs a value")),
    _half("threshold| 5", ("5", "expected `=` after `threshold`")),
    _half("threshold|: 5", (":", "expected `=` after `threshold`")),
    _half("|, fallback = cached_orders"),
    _half("th|, fallback = cached_orders", ("th", "did you mean `threshold`?")),
    _half("threshold =, co|, fallback = cached_orders", ("=", "needs a value"), ("co", "did you mean")),
    _half('last_good = "5m", last_good_key = 1 +, |', ("+", "expected an expression")),
]


def _value(arguments, *expected, ask="value"):
    asks = ("body", "parameters", "callers", "references", "rename", ask, "errors")
    return State(f"({arguments})", arguments, expected=expected, asks=asks)


HALF_VALUES = [
    _value("fallback = |", ("=", "`fallback` needs a value")),
    _value("fallback = ca|"),
    _value("fallback = crate::|", (":", "the path ends in `::`")),
    _value("fallback = crate::ca|"),
    _value('fallback = "ca|"', ask="no value"),
    _value("failure = Err(|)", ("()", "this pattern has 0 fields"), ask="no value"),
    _value("failure = |", ("=", "`failure` needs a value"), ask="variants"),
    _value("fallback = |, threshold = 0", ("=", "`fallback` needs a value"), ("0", "must be at least 1")),
    _value("classify = |", ("=", "`classify` needs a value")),
]

_TYPING = ("earlier", "parameters", "callers", "references", "rename", "fallback", "same errors")
#: Where the server cannot repair the body, it runs no attribute on it: the function is a plain one, the attribute is dead.
_NOT_RUN = ("match order {", "for x in {", "#[allow(", "@@@", "open string")
HALF_BODIES = [
    State("order.", typed="order.", asks=_TYPING + ("fields",)),
    State("let", typed="let", asks=_TYPING),
    State("let x = order.", typed="let x = order.", asks=_TYPING + ("fields",)),
    State("drop(order.", typed="drop(order.", asks=_TYPING + ("fields",)),
    State("match order {", typed="match order {", asks=_TYPING),
    State("match order", typed="match order", asks=_TYPING),
    State("if copy ==", typed="if copy ==", asks=_TYPING),
    State("closure", typed="let f = |x|", asks=_TYPING),
    State("for x in {", typed="for x in {", asks=_TYPING),
    State("#[allow(", typed="#[allow(", asks=_TYPING),
    State("@@@", typed="@@@", asks=_TYPING),
    State("println!", typed='println!("{}", order.', asks=_TYPING),
    State("open string", typed='let text = "', asks=("earlier", "parameters", "fallback")),
]

HALF_BODIES = [state._replace(asks=tuple(ask for ask in state.asks if ask != "fallback")) if state.name in _NOT_RUN else state
               for state in HALF_BODIES]

_SIGNATURE = ("earlier", "parameters", "callers", "references", "rename", "same errors")
HALF_SIGNATURES = [
    State("f(user: u64, x)", signature="(user: u64, x) -> Result<Vec<Order>, Error> {", asks=_SIGNATURE),
    State("f(user: u64, x: )", signature="(user: u64, x: ) -> Result<Vec<Order>, Error> {", asks=_SIGNATURE),
    State("where T:", signature="(user: u64) -> Result<Vec<Order>, Error> where T: {", asks=_SIGNATURE),
    State("-> {", signature="(user: u64) -> {", asks=_SIGNATURE),
    State("-> Result<u32, {", signature="(user: u64) -> Result<u32, {", asks=_SIGNATURE),
    State("f<(", signature="<(user: u64) -> Result<Vec<Order>, Error> {", asks=_SIGNATURE),
]



def _item(name, replaced, expected, arguments=State("").arguments):
    return State(name, arguments, replaced=replaced, expected=(expected,), asks=("callers", "errors"))


WRONG_ITEMS = [
    _item("on a struct", ("pub struct Order {", "#[circuit_breaker]\npub struct Order {"),
          ("struct", "not a struct")),
    _item("on an impl block", ("impl Shop {", "#[circuit_breaker]\nimpl Shop {"),
          ("impl", "put it on each method")),
    _item("on a function that returns nothing", ("pub mod cache {", "#[circuit_breaker]\npub fn plain() {}\n\npub mod cache {"),
          ("plain", "does not return a `Result`")),
    _item("on a constant function",
          ("pub mod cache {", "#[circuit_breaker]\npub const fn plain() -> u64 { 1 }\n\npub mod cache {"),
          ("const", "cannot guard a `const fn`")),
    _item("on a function without body",
          ("pub mod cache {", "pub trait Ask {\n    #[circuit_breaker]\n    async fn ask() -> Result<u64, Error>;\n}\n\n"
           "pub mod cache {"), ("ask", "has no body to guard")),
    _item("on a function that returns another future",
          ("pub mod cache {", "#[circuit_breaker]\npub fn ready() -> impl Future<Output = Result<u64, Error>> { "
           "std::future::ready(Ok(1)) }\n\npub mod cache {"), ("impl", "finds no `async` block")),
    _item("twice", ("/// Calls the service.\n", "/// Calls the service.\n#[circuit_breaker]\n"),
          ("circuit_breaker", "is applied twice")),
    _item("on a method without name", ('(name = "shop.total", ', "("), ("self", "needs a `name`")),
    _item("on a function without result",
          ("pub mod cache {", "#[circuit_breaker]\npub async fn none() {}\n\npub mod cache {"),
          ("none", "does not return a `Result`")),
]

GROUPS = {
    "valid arguments": VALID,
    "invalid arguments": INVALID,
    "wrong items": WRONG_ITEMS,
    "half-typed arguments": HALF_ARGUMENTS,
    "half-typed values": HALF_VALUES,
    "half-typed bodies": HALF_BODIES,
    "half-typed signatures": HALF_SIGNATURES,
}

#: What is left where the macro does nothing.
_PLAIN = ("body", "parameters", "callers", "references", "rename")


def without_macro(*expected, errors="errors"):
    """A correct function, and half-typed ones, where the macro fails or is not run."""
    typing = tuple(ask for ask in _TYPING if ask not in ("fallback", "same errors"))
    return [State("fallback as a path", expected=expected, asks=_PLAIN + (errors,)),
            State("number too small", "threshold = 0", expected=expected, asks=_PLAIN + (errors,)),
            State("(th|)", "th|", expected=expected, asks=_PLAIN + ("no value", errors)),
            *(state._replace(asks=typing + tuple(ask for ask in state.asks if ask == "fields")) for state in HALF_BODIES
              if "callers" in state.asks)]
