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
          "trial_calls = 3"),
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
    _invalid("share without sign", 'jitter = "20"', ('"20"', "needs a percent sign")),
    _invalid("empty name", 'name = ""', ('""', "`name` is empty")),
    _invalid("broken pattern", "failure = Err(a + b)", ("+", "expected")),
    _invalid("pattern for every call", "ignore = _", ("_", "matches every call")),
    _invalid("number as fallback", "fallback = 5", ("5", "takes the path of an async function")),
    _invalid("two parameters of a closure", "fallback = |a, b| Ok(a)", ("|", "takes one parameter")),
    _invalid("string as crate", 'crate = "fusebox"', ('"fusebox"', "takes a path, not a string")),
    _invalid("impossible combination", "threshold = 30, window = 20", ("window", "never reached")),
    _invalid("given twice", "threshold = 5, threshold = 6", ("threshold", "more than once")),
    _invalid("missing comma", 'threshold = 5 cooldown = "10s"', ("cooldown", "expected `,` before `cooldown`")),
    _invalid("semicolon", 'threshold = 5; cooldown = "10s"', (";", "expected `,` between arguments")),
    _invalid("no key", "5", ("5", "expected an argument name")),
    _invalid("three at once", 'threshold = 0, cooldown = "10", fallback = 5', ("0", "must be at least 1"),
             ('"10"', "has no unit"), ("5", "takes the path")),
]

_ALIVE = ("body", "parameters", "callers", "keys", "errors")


def _half(arguments, *expected):
    return State(f"({arguments})", arguments, expected=expected, asks=_ALIVE)


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
]

_VALUE = ("body", "parameters", "callers", "value")
HALF_VALUES = [
    State("(fallback = |)", "fallback = |", asks=_VALUE),
    State("(fallback = ca|)", "fallback = ca|", asks=_VALUE),
    State("(fallback = crate::|)", "fallback = crate::|", asks=_VALUE),
    State("(fallback = crate::ca|)", "fallback = crate::ca|", asks=_VALUE),
    State('(fallback = "ca|")', 'fallback = "ca|"', asks=("body", "parameters", "callers", "no value")),
]

_TYPING = ("earlier", "parameters", "callers")
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
    State("open string", typed='let text = "', asks=("earlier", "parameters")),
]

_SIGNATURE = ("callers",)
HALF_SIGNATURES = [
    State("f(user: u64, x)", signature="(user: u64, x) -> Result<Vec<Order>, Error> {", asks=_SIGNATURE),
    State("f(user: u64, x: )", signature="(user: u64, x: ) -> Result<Vec<Order>, Error> {", asks=_SIGNATURE),
    State("where T:", signature="(user: u64) -> Result<Vec<Order>, Error> where T: {", asks=_SIGNATURE),
    State("-> {", signature="(user: u64) -> {", asks=_SIGNATURE),
    State("-> Result<u32, {", signature="(user: u64) -> Result<u32, {", asks=_SIGNATURE),
    State("f<(", signature="<(user: u64) -> Result<Vec<Order>, Error> {", asks=_SIGNATURE),
]

GROUPS = {
    "valid arguments": VALID,
    "invalid arguments": INVALID,
    "half-typed arguments": HALF_ARGUMENTS,
    "half-typed values": HALF_VALUES,
    "half-typed bodies": HALF_BODIES,
    "half-typed signatures": HALF_SIGNATURES,
}
