"""What a person's decision needs before it can stand."""

import json

import pytest

from flows.review import Decision, Draft, approve_without_review, keep_beside, open_findings, what_is_missing
from flows.review_in_ui import ReviewForm
from xietong.releases import Release


def draft(tmp_path, critical: int = 0) -> Draft:
    return Draft("chongqing", Release("2026-10-abc", tmp_path, {}), None, critical, 0)


@pytest.mark.parametrize(
    ("decision", "critical", "words"),
    [
        (Decision("publish", "manual", "张三"), 0, None),
        (Decision("publish", "manual", " "), 0, "请填写审核人姓名。"),
        (Decision("reject", "manual", "张三"), 0, "退回需要说明理由。"),
        (Decision("reject", "manual", "张三", "缺数"), 3, None),
        (Decision("publish", "manual", "张三"), 3, "还有 3 条未处理的拒收记录，同意发布需要说明理由。"),
        (Decision("publish", "manual", "张三", "已核对"), 3, None),
    ],
)
def test_names_and_reasons_are_asked_for(tmp_path, decision, critical, words) -> None:
    assert what_is_missing(draft(tmp_path, critical), decision) == words


def test_unattended_runs_need_no_name(tmp_path) -> None:
    for decide in (approve_without_review, keep_beside):
        assert what_is_missing(draft(tmp_path, 5), decide(draft(tmp_path, 5))) is None


def test_the_form_is_in_chinese_and_offers_two_answers() -> None:
    schema = ReviewForm.model_json_schema()
    assert [schema["properties"][name]["title"] for name in ("verdict", "reviewer", "comment")] == [
        "结论",
        "审核人",
        "意见",
    ]
    assert schema["$defs"]["Answer"]["enum"] == ["同意发布", "退回"]


def test_open_findings_are_those_neither_explained_nor_corrected(demonstration) -> None:
    manifest = json.loads((demonstration / "manifest.json").read_text(encoding="utf-8"))
    critical, warnings = open_findings(Release(demonstration.name, demonstration, manifest))
    assert critical > 0
    assert warnings > 0
    assert open_findings(Release("none", demonstration / "nowhere", {})) == (0, 0)
