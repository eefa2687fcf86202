"""The questions. Each returns what is wrong, or an empty string."""

import re


class Text:
    """The fixture in one state, and where its parts are."""

    def __init__(self, fixture, state, plain=False):
        fixture = fixture.replace(*state.replaced, 1)
        head, rest = fixture.split('#[circuit_breaker(threshold = 5, cooldown = "10s", fallback = cached_orders)]')
        arguments = f"#[circuit_breaker({state.arguments})]"
        self.cursor = len(head) + arguments.index("|") if state.arguments in arguments and _has_cursor(state) else None
        if self.cursor is not None:
            arguments = arguments[: self.cursor - len(head)] + arguments[self.cursor - len(head) + 1:]
        rest = rest.replace("(user: u64) -> Result<Vec<Order>, Error> {", state.signature, 1)
        rest = rest.replace("// typing happens here", state.typed, 1)
        if plain:
            arguments = ""
        self.attribute = len(head)
        self.all = head + arguments + rest
        self.function = self.all.index("fn fetch_orders") - len("pub async ")
        self.end = self.all.find("/// Answers from memory.")

    def at(self, words, inside, start=None):
        """The offset of `inside` in the first `words` behind `start`."""
        found = self.all.index(words, self.function if start is None else start)
        return found + words.index(inside)

    def renamed(self, name, new, everywhere):
        """The whole text with every `name` in it replaced, or only those in the function."""
        pattern = rf"\b{name}\b"
        if everywhere:
            return re.sub(pattern, new, self.all)
        inside = self.all[self.attribute: self.end]
        return self.all[: self.attribute] + re.sub(pattern, new, inside) + self.all[self.end:]


def _has_cursor(state):
    return any(ask in state.asks for ask in ("keys", "value", "variants", "no value"))


def _completes(editor, at, name):
    """The name is proposed after its first two letters."""
    return "" if name in editor.completion(at + 2) else f"no completion of `{name}`"


def body(editor, text):
    """Hover, definition, references and completion on a local."""
    wrong = earlier(editor, text) or _fields(editor, text, "let copy = order.")
    return wrong or _completes(editor, text.at("number: copy", "copy"), "copy")


def earlier(editor, text):
    use, declared = text.at("let copy = order", "order"), text.at("let order", "order")
    if "Order" not in editor.hover(use):
        return "no hover on a local"
    if declared not in editor.definition(use):
        return "no definition of a local"
    found = editor.references(declared)
    return "" if declared in found and use in found else "references of a local"


def fields(editor, text):
    """Completion behind the dot that was just typed."""
    start = text.all.index("order.number;", text.function) + len("order.number;")
    return _fields(editor, text, "order.", start)


def _fields(editor, text, words, start=None):
    found = text.all.index(words, text.function if start is None else start) + len(words)
    return "" if "number" in editor.completion(found) else f"no completion behind `{words}`"


def parameters(editor, text):
    use = text.at("number: user", "user")
    if "u64" not in editor.hover(use):
        return "no hover on a parameter"
    declared = text.at("(user", "user")
    if declared not in editor.definition(use):
        return "no definition of a parameter"
    return _completes(editor, use, "user")


def callers(editor, text):
    use = text.at("fetch_orders(7)", "fetch")
    if "fn fetch_orders" not in editor.hover(use):
        return "no hover from the caller"
    declared = text.at("fn fetch_orders", "fetch")
    if declared not in editor.definition(use):
        return "no definition from the caller"
    method = text.at("total(8)", "total")
    if text.at("fn total", "total") not in editor.definition(method):
        return "no definition of the method"
    return _completes(editor, use, "fetch_orders") or _completes(editor, method, "total")


def references(editor, text):
    function = [text.at("fn fetch_orders", "fetch"), text.at("fetch_orders(7)", "fetch")]
    if editor.references(function[0]) != function:
        return "references of the function"
    declared = text.at("(user", "user")
    found = editor.references(declared)
    return "" if text.at("number: user", "user") in found and declared in found else "references of a parameter"


def rename(editor, text):
    wanted = [
        ("fetch_orders", text.at("fn fetch_orders", "fetch"), True),
        ("user", text.at("(user", "user"), False),
        ("order", text.at("let order", "order"), False),
    ]
    for name, at, everywhere in wanted:
        if editor.rename(at, "renamed") != text.renamed(name, "renamed", everywhere):
            return f"rename of `{name}`"
    return ""


def fallback(editor, text):
    """From the path in the attribute to the function and back."""
    use = text.at("fallback = cached_orders", "cached", text.attribute)
    declared = text.at("fn cached_orders", "cached")
    if "Answers from memory" not in editor.hover(use):
        return "no hover on the fallback"
    if declared not in editor.definition(use):
        return "no definition of the fallback"
    if use not in editor.references(declared):
        return "the attribute is no reference of the fallback"
    return _completes(editor, use, "cached_orders")


def fallback_renamed(editor, text):
    wanted = text.renamed("cached_orders", "renamed", True)
    use = text.at("fallback = cached_orders", "cached", text.attribute)
    for at in (use, text.at("fn cached_orders", "cached")):
        if editor.rename(at, "renamed") != wanted:
            return "rename of the fallback"
    return ""


def keys(editor, text, known):
    """Every argument that may still be written is proposed, with its documentation, and no other one."""
    attribute = text.all[text.attribute: text.function]
    given = set(re.findall(r"(\w+)\s*=", attribute)) - {"failure", "ignore"}
    found = editor.completion(text.cursor)
    missing = [key for key in known if key not in found and key not in given]
    if missing:
        return f"not completed: {', '.join(missing)}"
    again = [key for key in given if key in found]
    if again:
        return f"completed again: {', '.join(again)}"
    silent = [key for key in known if key not in given and not found[key]]
    return f"completed without documentation: {', '.join(silent)}" if silent else ""


def value(editor, text):
    path = text.all[text.attribute: text.cursor].rsplit(" ", 1)[-1]
    found = editor.completion(text.cursor)
    wanted = ["cached_orders", "cache"] if path != "ca" else ["cached_orders"]
    missing = [name for name in wanted if name not in found]
    return f"not completed: {', '.join(missing)}" if missing else ""


def variants(editor, text):
    """In place of a pattern."""
    found = editor.completion(text.cursor)
    return "" if "Err" in found and "Ok" in found else "not completed: Err, Ok"


def no_value(editor, text):
    """There is nothing to complete; the server only has to survive the question."""
    editor.completion(text.cursor)


def errors(editor, text, expected):
    found = editor.errors()
    is_met = len(found) == len(expected) and all(
        any(_is_on(token, where) and words in message for where, message in found) for token, words in expected
    )
    return "" if is_met else f"errors: {found}"


def _is_on(token, where):
    """An error on the attribute stands on all of it."""
    return where == token or token.endswith("(") and where.startswith(token)


def nothing(editor, text):
    return ""


def same_errors(editor, text, plain):
    """Where code is half typed, the server says what it says of the plain function (of a block, on other words of it)."""
    found = sorted(words for _, words in editor.errors())
    editor.show(plain.all)
    wanted = sorted(words for _, words in editor.errors())
    editor.show(text.all)
    return "" if found == wanted else f"errors: {found}, without the attribute: {wanted}"
