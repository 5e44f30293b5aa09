"""A mail in the lake becomes cleaned objects, quarantine, and objects of what is attached."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lambdas.clean import origin
from lambdas.clean.mapping import Mappings, load
from lambdas.clean.sources import transform
from lambdas.clean.sources.parts import Size
from lambdas.lake.documents import CleanedObject, MailRead, RawObject, RecordCounts
from tests.capturing import lines
from tests.mailing import HTML, MAPPING, TEXT, written
from tests.mappings import ITEMS, SAMPLES, SOURCES
from tests.source_objects import cleaned, rows

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path

    from tests.fakes import FakeLake

KEY = "raw/shop/b3n8k2"


@pytest.fixture(autouse=True)
def _shop(monkeypatch: pytest.MonkeyPatch) -> None:
    mappings = Mappings([load(MAPPING, "shop"), load(ITEMS, "files")])
    monkeypatch.setattr(origin, "mappings", lambda: mappings)


def arrived(lake: FakeLake, mail: EmailMessage | bytes, key: str = KEY) -> RawObject:
    body = mail if isinstance(mail, bytes) else mail.as_bytes()
    lake.put(key, body)
    return RawObject(key, lake.version_id(key), len(body))


def test_an_order_is_one_record_and_its_lines_are_rows(lake: FakeLake, tmp_path: Path) -> None:
    done = cleaned(lake, arrived(lake, written()))
    assert done.counts == RecordCounts(1, accepted=1)
    assert done.mail == MailRead()
    found = rows(lake, done, "transaction_line", tmp_path)
    assert [(row["line_no"], str(row["total_price"])) for row in found] == [
        (1, "25.00"),
        (2, "7.20"),
    ]
    assert CleanedObject.from_json(done.to_json()) == done


def test_the_same_order_in_html_in_text_and_passed_on_is_the_same_rows(
    lake: FakeLake, tmp_path: Path
) -> None:
    outer = written("See below", From="me@home.example", Date="Wed, 18 Mar 2026 10:00:00 +0100")
    outer.add_attachment(written(Received="by mx; Tue, 17 Mar 2026 09:00:01 +0000"))
    told = [
        rows(lake, cleaned(lake, arrived(lake, mail, f"{KEY}{n}")), "transaction_line", tmp_path)
        for n, mail in enumerate((written(TEXT), written(None, HTML), written(TEXT, HTML), outer))
    ]
    assert len(told[0]) == 2
    assert told == [told[0]] * 4, "version and all"


def passed_on(*orders: str) -> EmailMessage:
    outer = written("See below", From="me@home.example")
    for order in orders:
        outer.add_attachment(written(TEXT.replace("A-1", order)))
    return outer


def test_all_orders_of_a_mail_are_one_part(lake: FakeLake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transform, "SIZE", Size(rows=1))
    done = cleaned(lake, arrived(lake, passed_on("A-1", "A-2", "A-3")))
    assert done.counts == RecordCounts(3, accepted=3)


def test_orders_that_would_be_lost_stop_the_run(
    lake: FakeLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transform, "UNDIVIDED", Size(rows=1))
    with pytest.raises(transform.LostRecordsError, match="2 rows 1"):
        cleaned(lake, arrived(lake, passed_on("A-1", "A-2")))


def test_a_mail_that_is_no_order_is_ignored_with_its_reason(lake: FakeLake) -> None:
    done = cleaned(lake, arrived(lake, written(Subject="News")))
    assert done.counts == RecordCounts(1, ignored=1)
    assert done.mail == MailRead(ignored="no template is for the mail")
    assert (done.cleaned, done.quarantine) == ([], [])


def test_an_order_that_breaks_a_contract_is_quarantined_as_it_came(lake: FakeLake) -> None:
    mail = written(TEXT.replace("12.50", "cheap"))
    done = cleaned(lake, arrived(lake, mail))
    assert done.counts == RecordCounts(1, quarantined=1)
    (entry,) = lines(lake.get(*done.quarantine).body)
    assert (entry["row"], entry["code"]) == (1, "bad_type")
    assert entry["original"] == {"text": mail.as_bytes().decode()}


def test_what_cannot_be_read_is_one_entry_for_the_whole_object(lake: FakeLake) -> None:
    done = cleaned(lake, arrived(lake, b"no headers\n" * 1000))
    assert done.counts == RecordCounts(1, quarantined=1)
    (entry,) = lines(lake.get(*done.quarantine).body)
    assert (entry["row"], entry["code"]) == (0, "no_mail")


def test_an_attachment_becomes_one_object_of_its_source_however_often_it_comes(
    lake: FakeLake,
) -> None:
    mail = written(Subject="Our stock")
    mail.add_attachment(b"sku;name\nA;B\n", "text", "csv", filename="stock.csv")
    mail.add_attachment(b"...", "image", "png", filename="logo.png")
    first = cleaned(lake, arrived(lake, mail))
    assert first.counts == RecordCounts(1, ignored=1)
    assert first.mail
    assert first.mail.left == 1
    [key] = first.mail.attached
    assert key.startswith("raw/files/attached/")
    assert lake.get(key).body == b"sku;name\nA;B\n"
    version = lake.version_id(key)
    again = cleaned(lake, arrived(lake, mail, f"{KEY}-again"))
    assert again.mail == first.mail
    assert lake.version_id(key) == version, "nothing was written again"


@pytest.mark.parametrize("form", ["html", "text"])
def test_the_marketplaces_own_confirmation(
    form: str, lake: FakeLake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(origin, "mappings", lambda: Mappings.of_folder(SOURCES))
    body = (SAMPLES / "mail" / f"mercado-{form}.eml").read_bytes()
    done = cleaned(lake, arrived(lake, body, "raw/mercado-mail/x"))
    found = rows(lake, done, "transaction_line", tmp_path)
    assert {row["transaction_id"] for row in found} == {"0195a3f2-7c1e-7d2a-9b6e-1f2a3b4c5d6e"}
    assert [(row["item_id"], row["vendor_id"], str(row["total_price"])) for row in found] == [
        (1001, 7, "2469.00"),
        (1002, 9, "7.20"),
    ]


def test_another_shops_mails_by_mapping_alone(
    lake: FakeLake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(origin, "mappings", lambda: Mappings.of_folder(SOURCES))
    done = {
        name: cleaned(
            lake,
            arrived(
                lake,
                (SAMPLES / "mail" / f"kaufhaus-nord-{name}.eml").read_bytes(),
                f"raw/kaufhaus-nord-mail/{name}",
            ),
        )
        for name in ("order", "cancelled", "till")
    }
    order, cancelled = (
        rows(lake, done[name], "transaction_line", tmp_path) for name in ("order", "cancelled")
    )
    assert [row["transaction_id"] for row in order] == [row["transaction_id"] for row in cancelled]
    assert [row["deleted"] for row in (*order, *cancelled)] == [False, False, True, True]
    assert all(a["version"] < b["version"] for a, b in zip(order, cancelled, strict=True))
    assert rows(lake, done["order"], "item", tmp_path)[1]["item_name"] == "Schöpfkelle"
    till = done["till"].mail
    assert till
    [key] = till.attached
    assert lake.get(key).body == (SAMPLES / "kaufhaus-nord.csv").read_bytes()
    file = cleaned(lake, RawObject(key, lake.version_id(key)))
    assert file.counts.accepted == 4
