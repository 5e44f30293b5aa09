"""A mistake in what a mapping says of mails is told by its place, before any mail comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lambdas.clean.mapping import MappingError, Mappings, load
from lambdas.clean.mapping.load import file_of
from tests.mailing import MAPPING
from tests.mappings import ITEMS

if TYPE_CHECKING:
    from pathlib import Path

FAULTY = {
    "a selector": ("at: .order", "at: '.order['", "templates.0.fields.order.at: '.order[' is"),
    "a selector of browsers": ("at: .order", "at: 'a:hover'", "at: :hover is not known here"),
    "a pattern": ("'^Order: (\\S+)$'", "'^Order: (\\S+$'", "templates.1.fields.order.at: '^Ord"),
    "a pattern that takes its time": ("from: '@shop", "from: '(?=@)shop", "0.when.from: '(?=@)sh"),
    "no group": ("each: '^(?P<qty>[0-9]+) x .*\\n", "each: x\n", "no named group"),
    "a field without a place": ("at: .order", "attribute: id", "where to find this"),
    "a name that is taken": ("order: {at", "mail: {at", "fields.mail: the mail itself"),
    "two of one name": ("name: plain", "name: page", "templates.1.name: there are two templates"),
    "a field that no template finds": (
        "lines.price\n",
        "lines.cost\n",
        "mail.templates: no template finds lines.cost",
    ),
    "no templates": ("  templates:", "  templats:", "mail.templates: Field required"),
}


@pytest.mark.parametrize("what", FAULTY)
def test_a_mistake_is_named(what: str) -> None:
    old, new, message = FAULTY[what]
    if what == "no group":
        old = MAPPING[MAPPING.index("each: '^(?P<qty>") : MAPPING.index("        count:")]
        new = "each: x\n"
    assert old in MAPPING
    with pytest.raises(MappingError, match=r"^sources/shop\.yaml: ") as error:
        load(MAPPING.replace(old, new, 1), "shop")
    assert message in str(error.value)


def test_attachments_are_for_a_mapping_of_files(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(MAPPING)
    with pytest.raises(MappingError, match=r"attachments\.0\.into: files is no mapping of files"):
        Mappings.of_folder(tmp_path)
    lenient = Mappings.of_folder(tmp_path, strict=False)
    with pytest.raises(MappingError, match=file_of("shop")):
        lenient.of_key("raw/shop/mail")
    (tmp_path / "files.yaml").write_text(ITEMS)
    assert Mappings.of_folder(tmp_path).arrivals["files"] == "raw/files/"
