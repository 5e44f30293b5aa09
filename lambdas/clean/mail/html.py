"""HTML as a tree, in time and memory in proportion to the text.

Browsers' rules of repair are not followed but for end tags that may be left out: by these rules
fourteen kilobytes of misnested tags become a tree of 374 MiB. Comments, scripts and styles are
passed over, and nothing is fetched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING

from lambdas.clean.mail.bounds import MAX_ELEMENTS, MAX_FIELD, MAX_NESTING, MAX_VISITS, held
from lambdas.clean.mail.plain import UNSEEN

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = re.compile(r"[a-zA-Z][^\s/>]*")
ATTRIBUTE = re.compile(r"[\s/]*([^\s/>=]+)(?:\s*=\s*)?")
UNQUOTED = re.compile(r"[^\s>]*")
WHITE = re.compile(r"\s+")
HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|mso-hide\s*:\s*all)", re.IGNORECASE)

VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()  # noqa: SIM905
)
UNREAD = {
    tag: re.compile(f"</{tag}", re.IGNORECASE | re.ASCII)
    for tag in ("script", "style", "title", "textarea", "noscript", "template", "iframe")
}
"""What is in them is no markup, or nothing that anybody sees; and what ends them."""

INLINE = frozenset(
    "a abbr b big cite code em font i ins kbd label mark q s small span strike strong sub sup tt u wbr".split()  # noqa: E501, SIM905
)
"""Between others there is a space, as people see it."""

CELLS, ROWS = ("td", "th"), ("thead", "tbody", "tfoot")
ENDED: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset(("li",)), frozenset(("ul", "ol"))),
    "option": (frozenset(("option",)), frozenset(("select",))),
    **{tag: (frozenset(("dt", "dd")), frozenset(("dl",))) for tag in ("dt", "dd")},
    **{tag: (frozenset(CELLS), frozenset(("table", "tr"))) for tag in CELLS},
    "tr": (frozenset(("tr", *CELLS)), frozenset(("table", *ROWS))),
    **{tag: (frozenset(("tr", *CELLS, *ROWS)), frozenset(("table",))) for tag in ROWS},
    **{
        tag: (frozenset(("p",)), frozenset(("td", "th", "div", "table", "li", "body")))
        for tag in ("p", "div", "table", "ul", "ol", "dl", "h1", "h2", "h3", "h4", "hr", "form")
    },
}
"""Which open elements a start tag ends, and which ones it does not look beyond."""


@dataclass(eq=False, slots=True)
class Element:
    """`place` is its number among the elements of its parent, from 1."""

    tag: str
    attributes: dict[str, str]
    place: int = 1
    children: list[Element | str] = field(default_factory=list)
    elements: int = 0

    @property
    def is_hidden(self) -> bool:
        """By itself, whatever is around it."""
        style = self.attributes.get("style", "")
        return "hidden" in self.attributes or HIDDEN.search(style) is not None

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()


class Document:
    """A tree, and how much has been looked at in it."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self._visits = 0

    def visit(self) -> None:
        """Raises RejectedError if selectors look at more than may be."""
        self._visits += 1
        held(self._visits, MAX_VISITS, "elements to look at")

    def text(self, element: Element) -> str:
        """What people see of it, in one line, cut behind a field's length.

        What is hidden within it is left out; who asks for what is hidden itself gets its text.
        """
        found: list[str] = []
        length = 0
        for piece in self._pieces(element):
            found.append(piece)
            length += len(piece)
            if length > 2 * MAX_FIELD:
                break
        return WHITE.sub(" ", "".join(found)).strip()[: MAX_FIELD + 1]

    def _pieces(self, element: Element) -> Iterator[str]:
        left: list[Element | str] = [element]
        while left:
            each = left.pop()
            if isinstance(each, str):
                yield each
                continue
            self.visit()
            if each.is_hidden and each is not element:
                continue
            around = [] if each.tag in INLINE else [" "]
            left += [*around, *reversed(each.children), *around]


def parse(markup: str) -> Document:
    """Raises RejectedError for more elements than may be, or in one another."""
    builder = _Builder()
    scanner = _Scanner(markup, builder)
    scanner.run()
    return Document(builder.root)


class _Builder:
    def __init__(self) -> None:
        self.root = Element("", {})
        self._open = [self.root]
        self._elements = 0

    def text(self, text: str) -> None:
        if text:
            self._open[-1].children.append(unescape(text).translate(UNSEEN))

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        held(self._elements, MAX_ELEMENTS, "elements of HTML")
        if tag in ENDED:
            self._end_implied(*ENDED[tag])
        parent = self._open[-1]
        parent.elements += 1
        element = Element(tag, attributes, parent.elements)
        parent.children.append(element)
        if tag not in VOID:
            self._open.append(element)
            held(len(self._open), MAX_NESTING, "elements of HTML in one another")

    def end(self, tag: str) -> None:
        """An end tag without its start is passed over; one of a table's ends what is in it."""
        for place in range(len(self._open) - 1, 0, -1):
            if self._open[place].tag == tag:
                del self._open[place:]
                return
            if self._open[place].tag in CELLS and tag not in {"tr", "table", *ROWS}:
                return

    def _end_implied(self, ended: frozenset[str], barriers: frozenset[str]) -> None:
        place = len(self._open) - 1
        last = None
        while place > 0 and self._open[place].tag not in barriers:
            if self._open[place].tag in ended:
                last = place
            place -= 1
        if last is not None:
            del self._open[last:]


class _Scanner:
    """Tokens, each found by a search that goes on where the last one ended."""

    def __init__(self, markup: str, builder: _Builder) -> None:
        self._markup, self._builder = markup, builder
        self._at = 0

    def run(self) -> None:
        text = self._markup
        while self._at < len(text):
            begins = text.find("<", self._at)
            if begins < 0:
                self._builder.text(text[self._at :])
                return
            self._builder.text(text[self._at : begins])
            self._at = begins
            self._token()

    def _token(self) -> None:
        text, at = self._markup, self._at
        following = text[at + 1 : at + 2]
        if text.startswith("<!--", at):
            self._beyond("-->", at + 4)
        elif following in {"!", "?"}:
            self._beyond(">", at + 2)
        elif following == "/" and (name := NAME.match(text, at + 2)):
            self._beyond(">", name.end())
            self._builder.end(name[0].lower())
        elif name := NAME.match(text, at + 1):
            self._tag(name[0].lower(), name.end())
        else:
            self._builder.text("<")
            self._at = at + 1

    def _beyond(self, mark: str, start: int) -> None:
        found = self._markup.find(mark, start)
        self._at = len(self._markup) if found < 0 else found + len(mark)

    def _tag(self, tag: str, at: int) -> None:
        attributes: dict[str, str] = {}
        while found := ATTRIBUTE.match(self._markup, at):
            value, at = "", found.end()
            if found[0].rstrip().endswith("="):
                value, at = self._value(at)
            attributes.setdefault(found[1].lower(), unescape(value))
        self._beyond(">", at)
        if tag in UNREAD:
            ended = UNREAD[tag].search(self._markup, self._at)
            self._beyond(">", ended.end() if ended else len(self._markup))
        else:
            self._builder.start(tag, attributes)

    def _value(self, at: int) -> tuple[str, int]:
        quote = self._markup[at : at + 1]
        if quote and quote in "\"'":
            end = self._markup.find(quote, at + 1)
            if end >= 0:
                return self._markup[at + 1 : end], end + 1
        found = UNQUOTED.match(self._markup, at)
        return (found[0], found.end()) if found else ("", at)
