"""Statistical charts, drawn by Altair and turned to SVG by vl-convert.

Colours are the custom properties of the stylesheet, so that one drawing serves light, dark and
print. Repeated small charts are templates instead: they cost a hundredth.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from markupsafe import Markup

from xietong.render.words import Words
from xietong.report.overview import PlanePoint

_WIDTH, _HEIGHT = 620, 420
#: Differences K − P that bound the types of lag.
_GUIDES: Final = (-0.1, 0.1)
_GROUP_SHAPES: Final = ("circle", "square", "triangle-up", "diamond")
_GROUP_COLOURS: Final = ("var(--synergy)", "var(--accent)", "var(--carbon)", "var(--pollution)")
_FONT: Final = "var(--font)"


def plane_chart(points: Sequence[PlanePoint], words: Words) -> Markup:
    """Return the plane of pollution (x) and carbon (y) scores; between the guides both are in step."""
    import altair as alt

    groups = sorted({point.group for point in points})
    dots = alt.Chart(alt.InlineData(values=[_row(point) for point in points])).mark_point(
        filled=True, size=90, opacity=0.85, stroke="var(--surface)", strokeWidth=1
    )
    encoded = dots.encode(
        x=_axis(alt.X, "pollution", words.text("map.pollution_axis")),
        y=_axis(alt.Y, "carbon", words.text("map.carbon_axis")),
        shape=alt.Shape("group:N", scale=alt.Scale(domain=groups, range=list(_GROUP_SHAPES)), title=None),
        color=alt.Color("group:N", scale=alt.Scale(domain=groups, range=list(_GROUP_COLOURS)), title=None),
        description=alt.Text("label:N"),
    )
    guides = (
        alt.Chart(alt.InlineData(values=_guide_rows()))
        .mark_line(stroke="var(--rule-strong)", strokeWidth=1, strokeDash=[2, 3])
        .encode(x="pollution:Q", y="carbon:Q", detail="guide:N")
    )
    names = (
        alt.Chart(alt.InlineData(values=_named(points)))
        .mark_text(align="left", dx=8, dy=4, fill="var(--ink)", font=_FONT, fontSize=12)
        .encode(x="pollution:Q", y="carbon:Q", text="name:N")
    )
    chart = alt.layer(guides, encoded, names).properties(width=_WIDTH, height=_HEIGHT)
    return to_svg(_styled(chart), words.text("overview.plane"))


def _row(point: PlanePoint) -> dict[str, Any]:
    return {
        "name": point.name,
        "group": point.group,
        "pollution": round(point.pollution, 4),
        "carbon": round(point.carbon, 4),
        "label": f"{point.name}: P {point.pollution:.2f}, K {point.carbon:.2f}, D {point.degree:.2f}",
    }


def _named(points: Sequence[PlanePoint]) -> list[dict[str, Any]]:
    """Return the points worth a name: the ends of the degree and the most unbalanced."""
    by_degree = sorted(points, key=lambda point: (point.degree, point.name))
    by_gap = sorted(points, key=lambda point: (point.pollution - point.carbon, point.name))
    chosen = {point.name: point for point in (by_degree[0], by_degree[-1], by_gap[0], by_gap[-1])}
    return [_row(point) for point in chosen.values()]


def _guide_rows() -> list[dict[str, float]]:
    ends = ((max(0.0, -gap), min(1.0, 1 - gap)) for gap in _GUIDES)
    return [
        {"guide": gap, "pollution": pollution, "carbon": round(pollution + gap, 4)}
        for gap, pair in zip(_GUIDES, ends, strict=True)
        for pollution in pair
    ]


def _axis(channel: Any, field: str, title: str) -> Any:
    import altair as alt

    scale = alt.Scale(domain=[0, 1])
    return channel(f"{field}:Q", scale=scale, axis=alt.Axis(title=title, tickCount=5, format=".1f"))


def _styled(chart: Any) -> Any:
    plain = {"font": _FONT, "fontSize": 12}
    return (
        chart.configure(background="transparent", font=_FONT)
        .configure_view(stroke=None)
        .configure_axis(
            gridColor="var(--rule)",
            domainColor="var(--rule-strong)",
            tickColor="var(--rule-strong)",
            labelColor="var(--muted)",
            titleColor="var(--ink)",
            labelFont=_FONT,
            titleFont=_FONT,
            labelFontSize=12,
            titleFontSize=13,
            titleFontWeight="normal",
        )
        .configure_legend(
            labelColor="var(--ink)", labelFont=plain["font"], labelFontSize=13, labelLimit=360, orient="top"
        )
    )


def to_svg(chart: Any, label: str) -> Markup:
    """Return the chart as SVG that a page may hold: labelled, without styles of its own, sized by the page."""
    import vl_convert

    svg = vl_convert.vegalite_to_svg(chart.to_dict(validate=False))
    opening = f'<svg class="chart" role="img" aria-label="{Markup.escape(label)}" '
    # The converter's own class gives way to ours: an attribute may stand only once.
    svg = re.sub(r'^<svg ([^>]*?)class="marks" ', rf"{opening}\1", svg)
    return Markup(re.sub(r' style="[^"]*"', "", svg))  # noqa: S704 — drawn here, its texts escaped by the converter
