"""The change log beside the releases follows the history and what is kept."""

import json

from flows.change_log import write_change_log


def release(directory, name: str) -> None:
    folder = directory / "releases" / name
    folder.mkdir(parents=True)
    inputs = {"period": name[:7], "as_of": "2026-11-05T00:00:00+00:00", "method_version": "2025.1"}
    manifest = {"release": name, "inputs": inputs, "outputs": {}}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def test_the_served_release_is_marked_once_and_removed_ones_have_no_link(tmp_path) -> None:
    directory = tmp_path / "chongqing-demo"
    for name in ("2026-09-a", "2026-10-b"):
        release(directory, name)
    (directory / "current").symlink_to("releases/2026-09-a")
    lines = [
        {"release": "2026-08-z", "moment": "2026-09-10T00:00:00+00:00", "action": "published"},
        {"release": "2026-09-a", "moment": "2026-10-10T00:00:00+00:00", "action": "published"},
        {"release": "2026-10-b", "moment": "2026-11-10T00:00:00+00:00", "action": "published"},
        {"release": "2026-09-a", "moment": "2026-11-11T00:00:00+00:00", "action": "rolled_back", "reason": "错了"},
        {"release": "2026-10-c", "moment": "2026-11-12T00:00:00+00:00", "action": "rejected", "reviewer": "审核人"},
    ]
    history = "".join(json.dumps(line) + "\n" for line in lines)
    (directory / "publications.jsonl").write_text(history, encoding="utf-8")
    interface = directory / "releases" / "2026-09-a" / "site" / "api" / "v1" / "index.json"
    interface.parent.mkdir(parents=True)
    interface.write_text(json.dumps({"title": {"zh": "评价", "en": "Evaluation"}}), encoding="utf-8")
    write_change_log(directory)
    page = (directory / "index.html").read_text(encoding="utf-8")
    rows = page[page.index('<h2 id="decisions">') : page.index("</main>")].split("<tr>")[2:]
    assert ["2026-10-c" in rows[0], "2026-09-a" in rows[1], "2026-08-z" in rows[4]] == [True, True, True]
    assert ["现在发布" in row for row in rows] == [False, True, False, False, False]
    assert "错了" in rows[1]
    assert 'href="releases/2026-10-b/site/index.html"' in rows[2]
    assert "href" not in rows[4].split("</tbody>")[0]
    assert (directory / "feed.xml").is_file()
    # The page has the title that the served release gives its edition, and beside it a style for paper.
    assert "协同</b> 评价</a>" in page
    assert "Xietong</b> Evaluation</a>" in (directory / "index.en.html").read_text(encoding="utf-8")
    assert (directory / "index.en.css").is_file()
    assert not [path for path in directory.iterdir() if path.name.startswith(".part-")]
