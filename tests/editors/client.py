"""An editor without a screen: starts a language server and asks it questions.

Positions are byte offsets into the text that was last shown to the server; all text is ASCII, so that a byte is also
a column of the protocol.
"""

import json
import pathlib
import queue
import subprocess
import threading
import time


class Editor:
    """One language server with one open file."""

    def __init__(self, server, project, file, settings):
        self.project, self.file = project, file
        self.uri = file.as_uri()
        self.text = file.read_text()
        self.version = 1
        self.answers = {}
        self.messages = queue.Queue()
        self.number = 0
        self.settings = settings
        self.is_quiet = False
        log = open(project / "server.log", "w")
        self.process = subprocess.Popen(
            [server], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, cwd=project
        )
        threading.Thread(target=self._read, daemon=True).start()
        capabilities = {
            "workspace": {"configuration": True},
            "textDocument": {
                "hover": {"contentFormat": ["markdown"]},
                "completion": {"completionItem": {"documentationFormat": ["markdown"]}},
                "rename": {"prepareSupport": True},
                "diagnostic": {"dynamicRegistration": False},
                "inlayHint": {},
                "signatureHelp": {},
                "semanticTokens": {"requests": {"full": True}, "tokenTypes": [], "tokenModifiers": [], "formats": []},
            },
            "experimental": {"serverStatusNotification": True},
        }
        root = project.as_uri()
        started = self.ask("initialize", {
            "processId": None,
            "rootUri": root,
            "workspaceFolders": [{"uri": root, "name": "project"}],
            "capabilities": capabilities,
            "initializationOptions": settings,
        })
        self.server = started["serverInfo"]["version"]
        self._tell("initialized", {})
        document = {"uri": self.uri, "languageId": "rust", "version": 1, "text": self.text}
        self._tell("textDocument/didOpen", {"textDocument": document})

    def close(self):
        self.ask("shutdown", None)
        self._tell("exit", None)
        self.process.wait(timeout=20)

    # What an editor does

    def show(self, text):
        """Replaces the text, as typing would; nothing is saved."""
        self.version += 1
        self.text = text
        self._tell("textDocument/didChange", {
            "textDocument": {"uri": self.uri, "version": self.version},
            "contentChanges": [{"text": text}],
        })

    def hover(self, at):
        found = self._at("hover", at)
        return found["contents"]["value"] if found else ""

    def definition(self, at):
        """The places that it goes to: byte offsets in this file, or the names of other files."""
        found = self._at("definition", at) or []
        return [self._place(one) for one in (found if isinstance(found, list) else [found])]

    def references(self, at):
        found = self._at("references", at, context={"includeDeclaration": True}) or []
        return sorted(self._place(one) for one in found if one["uri"] == self.uri)

    def rename(self, at, name):
        """The text after a rename, or `None` where the server refuses."""
        try:
            changes = self._at("rename", at, newName=name)
        except RuntimeError:
            return None
        edits = dict(changes.get("changes") or {})
        for document in changes.get("documentChanges") or []:
            edits.setdefault(document["textDocument"]["uri"], []).extend(document["edits"])
        spans = [(self._offset(e["range"]["start"]), self._offset(e["range"]["end"])) for e in edits.get(self.uri, [])]
        text = self.text
        for start, end in sorted(set(spans), reverse=True):
            text = text[:start] + name + text[end:]
        return text

    def completion(self, at):
        """Label and documentation of each proposal."""
        return {_name(item): _documentation(item) for item in self._proposals(at)}

    def proposed(self, at):
        """The labels in the order in which an editor shows them."""
        items = self._proposals(at)
        return [_name(item) for item in sorted(items, key=lambda item: item.get("sortText") or item["label"])]

    def _proposals(self, at):
        found = self._at("completion", at) or []
        return found["items"] if isinstance(found, dict) else found

    def signature(self, at):
        found = self._at("signatureHelp", at)
        return [one["label"] for one in found["signatures"]] if found else []

    def hints(self):
        """The inlay hints: offset and text."""
        lines = self.text.split("\n")
        end = {"line": len(lines) - 1, "character": len(lines[-1])}
        params = {"textDocument": {"uri": self.uri}, "range": {"start": {"line": 0, "character": 0}, "end": end}}
        found = self.ask("textDocument/inlayHint", params) or []
        return sorted((self._offset(one["position"]), _text(one["label"])) for one in found)

    def colours(self):
        """The kind of each word: offset, length, kind and modifiers, as numbers."""
        found = self.ask("textDocument/semanticTokens/full", {"textDocument": {"uri": self.uri}}) or {"data": []}
        starts = [0]
        for line in self.text.split("\n"):
            starts.append(starts[-1] + len(line) + 1)
        colours, line, column, data = [], 0, 0, found["data"]
        for down, right, length, kind, modifiers in zip(*(data[at::5] for at in range(5))):
            line, column = (line + down, right) if down else (line, column + right)
            colours.append((starts[line] + column, length, kind, modifiers))
        return colours

    def problems(self):
        """Everything that the server reports: start, end, severity and message, each once."""
        found = self.ask("textDocument/diagnostic", {"textDocument": {"uri": self.uri}})
        problems = {(self._offset(one["range"]["start"]), self._offset(one["range"]["end"]), one.get("severity"),
                     one["message"]) for one in found.get("items", [])}
        return sorted(problems)

    def errors(self):
        """The server's own errors, `(text of the token, message)`, each once."""
        found = self.ask("textDocument/diagnostic", {"textDocument": {"uri": self.uri}})
        errors = []
        for one in found.get("items", []):
            if one.get("severity") != 1:
                continue
            start, end = self._offset(one["range"]["start"]), self._offset(one["range"]["end"])
            errors.append((self.text[start:end], one["message"]))
        return list(dict.fromkeys(errors))

    def wait_until_quiet(self, seconds):
        end = time.time() + seconds
        while not self.is_quiet and time.time() < end:
            self._take(0.2)
        return self.is_quiet

    # The protocol

    def ask(self, method, params, seconds=120):
        self.number += 1
        number = self.number
        self._send({"id": number, "method": method, "params": params})
        end = time.time() + seconds
        while number not in self.answers:
            if time.time() > end:
                raise TimeoutError(method)
            self._take(0.5)
        answer = self.answers.pop(number)
        if "error" not in answer:
            return answer.get("result")
        if answer["error"]["code"] in (-32801, -32802):  # the text has changed, or the server is busy
            return self.ask(method, params, seconds)
        raise RuntimeError(answer["error"]["message"])

    def _at(self, what, at, **more):
        before = self.text[:at]
        position = {"line": before.count("\n"), "character": at - (before.rfind("\n") + 1)}
        params = {"textDocument": {"uri": self.uri}, "position": position, **more}
        return self.ask(f"textDocument/{what}", params)

    def _offset(self, position):
        lines = self.text.split("\n")
        return sum(len(line) + 1 for line in lines[: position["line"]]) + position["character"]

    def _place(self, location):
        uri = location.get("targetUri") or location["uri"]
        spot = location.get("targetSelectionRange") or location["range"]
        return self._offset(spot["start"]) if uri == self.uri else pathlib.PurePath(uri).name

    def _tell(self, method, params):
        self._send({"method": method, "params": params})

    def _send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def _read(self):
        stream = self.process.stdout
        while line := stream.readline():
            length = 0
            while line.strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
                line = stream.readline()
            self.messages.put(json.loads(stream.read(length)))
        self.messages.put(None)

    def _take(self, seconds):
        try:
            message = self.messages.get(timeout=seconds)
        except queue.Empty:
            return
        if message is None:
            raise RuntimeError("the server has ended; see server.log")
        if "method" not in message:
            self.answers[message["id"]] = message
        elif "id" in message:
            self._send({"id": message["id"], "result": self._reply(message)})
        elif message["method"] == "experimental/serverStatus":
            self.is_quiet = message["params"]["quiescent"]

    def _reply(self, message):
        if message["method"] == "workspace/configuration":
            return [self.settings for _ in message["params"]["items"]]
        return None


def _name(item):
    return item["label"].split("(")[0].rstrip("!:")


def _text(label):
    return label if isinstance(label, str) else "".join(part["value"] for part in label)


def _documentation(item):
    text = item.get("documentation") or ""
    return text["value"] if isinstance(text, dict) else text
