"""FHIRPath, as far as views on FHIR use it: a text read into nodes. Does not answer it.

The part of the language that the profile of shareable views asks for, `not()`, `$this`, `%resource`, `%rowIndex`,
`join()` and `toString()`. What is not in
it is refused by its place: nothing is taken for something else. Rules: https://hl7.org/fhirpath/ and the guide's own functions.
"""

import re
from collections.abc import Mapping
from typing import cast

from .nodes import At, Binary, Exists, Expr, Join, Literal, Member, Moment, Not, ReferenceKey, Root, RowIndex, Text, This, Where
from .terms import BadPath

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<moment>@\d{4}(?:-\d{2}(?:-\d{2}(?:T(?:\d{2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?)?)?(?:Z|[+-]\d{2}:\d{2})?)?)?)?)
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<text>'(?:[^'\\]|\\.)*')
    |(?P<variable>%(?:[A-Za-z_]\w*|'[^']*'))
    |(?P<this>\$this\b)
    |(?P<name>[A-Za-z_]\w*|`[\w .-]+`)
    |(?P<sign><=|>=|!=|[=<>+\-*/.()\[\],])
    )""",
    re.VERBOSE,
)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}
_LEVELS = (("or",), ("and",), ("=", "!="), ("<=", ">=", "<", ">"), ("+", "-"), ("*", "/"))
"""The signs between two expressions, from what binds least."""
OURS: Mapping[str, Expr] = {"rowIndex": RowIndex(), "resource": Root()}
"""The variables that every view has."""
LONGEST = 120
"""Words of the longest expression: each may be a level of the tree, which is walked by functions that call themselves."""


def read(text: str, *, constants: Mapping[str, Literal | Moment], resource: str) -> Expr:
    """An expression as a tree. Raises BadPath."""
    reader = _Reader(text, constants, resource)
    found = reader.expression()
    if reader.kind != "end":
        reader.wrong("ends before")
    return found


class _Reader:
    def __init__(self, text: str, constants: Mapping[str, Literal | Moment], resource: str) -> None:
        self.text, self.constants, self.resource = text, constants, resource
        self.at = self.next = self.within = self.words = 0
        self.kind = self.said = ""
        self.move()

    def move(self) -> None:
        "Go to the next word."
        found = _TOKEN.match(self.text, self.next)
        self.at, self.words = self.next, self.words + 1
        if self.words > LONGEST:
            raise BadPath(f"the expression has more than {LONGEST} words")
        if found is None:
            if self.text[self.next :].strip():
                self.kind, self.said = "unknown", self.text[self.next :].strip()[:1]
                self.wrong("does not know")
            self.kind, self.said = "end", ""
            return
        self.kind, self.said = cast(str, found.lastgroup), found.group(cast(str, found.lastgroup))
        self.at, self.next = found.start(found.lastgroup or 0), found.end()

    def wrong(self, why: str) -> None:
        raise BadPath(f"the expression {why} {self.said or 'its end'!r}, at character {self.at + 1}")

    def take(self, said: str) -> bool:
        "Whether the word is this one; if so, go on."
        if self.said != said or self.kind not in ("sign", "name"):
            return False
        self.move()
        return True

    def must(self, said: str) -> None:
        if not self.take(said):
            self.wrong(f"should have {said!r} instead of")

    def expression(self, level: int = 0) -> Expr:
        if level == len(_LEVELS):
            return self.signed()
        left = self.expression(level + 1)
        while self.said in _LEVELS[level] and self.kind in ("sign", "name"):
            sign = self.said
            self.move()
            left = Binary(sign, left, self.expression(level + 1))
        return left

    def signed(self) -> Expr:
        if self.take("-"):
            return Binary("-", Literal(0), self.signed())
        return self.chain()

    def chain(self) -> Expr:
        "A term, and what follows its points and brackets."
        found = self.term()
        while True:
            if self.take("."):
                found = self.step(found)
            elif self.take("["):
                found = At(found, self.place())
                self.must("]")
            else:
                return found

    def term(self) -> Expr:
        kind, said = self.kind, self.said
        if self.take("("):
            found = self.expression()
            self.must(")")
            return found
        if kind == "name":
            if said in ("true", "false"):
                self.move()
                return Literal(said == "true")
            if said == self.resource and not self.within:
                self.move()
                return This()
            return self.step(This())
        if kind not in ("moment", "number", "text", "variable", "this"):
            self.wrong("does not expect")
        self.move()
        if kind == "text":
            return Literal(self.unquoted(said))
        if kind == "number":
            return Literal(float(said) if "." in said else int(said))
        if kind == "moment":
            return Moment(said[1:].rstrip("T"))
        return This() if kind == "this" else self.variable(said[1:].strip("'"))

    def variable(self, name: str) -> Expr:
        if name in OURS:
            return OURS[name]
        if name not in self.constants:
            raise BadPath(f"%{name} is no constant of the view")
        return self.constants[name]

    def unquoted(self, said: str) -> str:
        def plain(found: re.Match[str]) -> str:
            code = found.group(1)
            return chr(int(code[1:], 16)) if code[0] == "u" and len(code) == 5 else _ESCAPED.get(code, code)

        return re.sub(r"\\(u[0-9a-fA-F]{4}|.)", plain, said[1:-1])

    def place(self) -> int:
        found = self.expression()
        if not isinstance(found, Literal) or isinstance(found.value, bool) or not isinstance(found.value, int):
            raise BadPath("a place in brackets is a whole number, from 0")
        return found.value

    def step(self, of: Expr) -> Expr:
        "A name after a point: of an element, or of a function."
        if self.kind != "name":
            self.wrong("should have a name instead of")
        name, quoted = self.said.strip("`"), self.said.startswith("`")
        self.move()
        if quoted or not self.take("("):
            return Member(of, name)
        found = self.function(of, name)
        self.must(")")
        return found

    def inside(self) -> Expr:
        "An expression that looks at items."
        self.within += 1
        found = self.expression()
        self.within -= 1
        return found

    def said_text(self, function: str) -> str:
        found = self.expression()
        if not isinstance(found, Literal) or not isinstance(found.value, str):
            raise BadPath(f"{function}() takes a text")
        return found.value

    def type_name(self) -> str:
        "A type's name; `FHIR.` and `System.` before it say nothing more here."
        if self.kind != "name":
            self.wrong("should have a type's name instead of")
        found = self.said.strip("`")
        self.move()
        return self.type_name() if found in ("FHIR", "System") and self.take(".") else found

    def function(self, of: Expr, name: str) -> Expr:
        nothing = self.said == ")" and self.kind == "sign"
        match name:
            case "where":
                return Where(of, self.inside())
            case "exists":
                return Exists(of if nothing else Where(of, self.inside()))
            case "empty":
                return Not(Exists(of))
            case "not":
                return Not(of)
            case "first":
                return At(of, 0)
            case "extension":
                return Where(Member(of, "extension"), Binary("=", Member(This(), "url"), Literal(self.said_text(name))))
            case "ofType":
                if not isinstance(of, Member) or of.type:
                    raise BadPath("ofType() follows the name of an element")
                return Member(of.of, of.name, self.type_name())
            case "join":
                return Join(of, "" if nothing else self.said_text(name))
            case "toString":
                return Text(of)
            case "getResourceKey":
                return Member(of, "id")
            case "getReferenceKey":
                return ReferenceKey(of, "" if nothing else self.type_name())
        raise BadPath(f"{name}() is no function of views")
