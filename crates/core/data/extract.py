"""Writes cuts.tsv and patches.tsv from two other editions of Natural Earth. Needed only when they are to change.

Usage: extract.py COUNTRIES_JSON WORLD_MAP_GPKG DEU_SHAPEFILE_STEM

WORLD_MAP_GPKG is usr/share/qgis/resources/data/world_map.gpkg of Debian's qgis-common: its layer disputed_borders
holds the lines that claimants draw inside a country, its layer states_provinces the oblasts of Ukraine.
DEU_SHAPEFILE_STEM is ne_10m_admin_0_countries_deu (Natural Earth 5.1.1) without the ending: it draws some islands
that the older edition lacks. All points are rounded to the grid of COUNTRIES_JSON.
"""

import json
import sqlite3
import struct
import sys
from collections import defaultdict
from pathlib import Path

from prepare import read_polygons

HERE = Path(__file__).parent
# Atom, feature that loses it, lines of the layer disputed_borders, which part of the cut polygon the atom is.
LINES = [
    ("XAC", "China", [21], "smaller"),
    ("XSH", "China", [15], "smaller"),
    ("XAR", "India", [20], "smaller"),
    ("XJK", "India", [23, 24], "smaller"),
    ("XDC", "India", [35], "smaller"),
    ("XHP", "India", [12], "smaller"),
    ("XHP", "India", [13], "smaller"),
    ("XHP", "India", [14], "smaller"),
    ("XKP", "India", [44], "smaller"),
    ("XPK", "Pakistan", [16, 26, 28], "smaller"),
    ("XBU", "Bhutan", [5], "smaller"),
    ("XBU", "Bhutan", [34], "smaller"),
    ("XGO", "Israel", [22], "smaller"),
    ("XSF", "Israel", [39], "smaller"),
    ("XAH", "Georgia", [8], "smaller"),
    ("XSO", "Georgia", [9], "smaller"),
    ("XTN", "Moldova", [7], "smaller"),
    ("XAY", "Sudan", [25], "smaller"),
    ("XIL", "Kenya", [18], "smaller"),
    ("XWS", "Morocco", [33], "smaller"),
    ("XBS", "Belize", [30], "smaller"),
    ("XES", "Guyana", [31], "larger"),
    ("XTG", "Guyana", [10], "smaller"),
    ("XMR", "France", [11], "smaller"),
]
OBLASTS = [("XKH", "Kherson"), ("XZA", "Zaporizhzhya"), ("XDN", "Donets'k"), ("XLN", "Luhans'k")]
# Corners of two areas between Egypt and Sudan, read off the German edition, where they survive as Bir Tawil and as
# slits left by joining Halaib to its neighbour.
CORNERS = [
    ("XBT", "Sudan", [(33.1811, 21.9954), (33.3037, 21.903), (33.4396, 21.8006), (33.5584, 21.711),
                      (33.7173, 21.7309), (33.8665, 21.7497), (33.9991, 21.7674), (34.0842, 21.9955)]),
    ("XHB", "Egypt", [(34.0842, 21.9955), (34.147, 22.192), (34.321, 22.226), (34.502, 22.262), (34.682, 22.298),
                      (34.778, 22.5), (34.828, 22.607), (34.862, 22.68), (35.212, 22.786), (35.346, 22.902),
                      (35.487, 23.023), (35.6211, 23.1391)]),
]  # fmt: skip
NEAR = 8  # grid steps within which an end of a line is tied to the nearest point of the border
ISLANDS = {"AIA": "AI", "ATG": "AG", "BHR": "BH", "BHS": "BS", "CPV": "CV", "NIC": "NI", "NZL": "NZ", "PHL": "PH"}


def main():
    countries, package, shapefile = sys.argv[1:]
    source = json.loads(Path(countries).read_text())
    transform = source["transform"]
    rings = defaultdict(set)
    for name, polygon in read_polygons(source):
        rings[name].update(polygon[0])
    database = sqlite3.connect(package)
    cuts = [*claim_lines(database, transform), *corner_lines(transform), *oblast_lines(database, transform)]
    write_cuts(cuts, rings)
    write_patches(shapefile, transform, set().union(*rings.values()))


def grid(point, transform):
    (sx, sy), (tx, ty) = transform["scale"], transform["translate"]
    return round((point[0] - tx) / sx), round((point[1] - ty) / sy)


def claim_lines(database, transform):
    shapes = dict(database.execute("SELECT fid, geom FROM disputed_borders"))
    for atom, feature, numbers, part in LINES:
        pieces = [[grid(p, transform) for p in line] for number in numbers for line in geometry(shapes[number])]
        (line,) = merge(pieces)
        yield feature, atom, part, line


def corner_lines(transform):
    for atom, feature, points in CORNERS:
        yield feature, atom, "smaller", [grid(p, transform) for p in points]


def oblast_lines(database, transform):
    """For each oblast in turn, its border with the part of Ukraine not yet cut off."""
    owners = defaultdict(set)
    for name, blob in database.execute("SELECT name, geom FROM states_provinces WHERE admin = 'Ukraine'"):
        for polygon in geometry(blob):
            for ring in polygon:
                points = tidy([grid(p, transform) for p in ring])
                for p, q in zip(points, points[1:]):
                    owners[min(p, q), max(p, q)].add(name)
    gone = set()
    for atom, oblast in OBLASTS:
        steps = [step for step, names in owners.items() if len(names) == 2 and oblast in names and not names & gone]
        gone.add(oblast)
        for line in sorted(merge(steps), key=len, reverse=True):
            yield "Ukraine", atom, "smaller", line


def merge(lines):
    """Joins lines that share ends."""
    rest = [tidy(line) for line in lines]
    rest = [line for line in rest if len(line) > 1]
    whole = []
    while rest:
        line = rest.pop()
        grown = True
        while grown:
            grown = False
            for other in rest:
                fits = [(a, b) for a in (line, line[::-1]) for b in (other, other[::-1]) if a[-1] == b[0]]
                if fits:
                    line, grown = fits[0][0] + fits[0][1][1:], True
                    rest.remove(other)
                    break
        whole.append(line)
    return whole


def tidy(points):
    return [p for i, p in enumerate(points) if i == 0 or p != points[i - 1]]


def write_cuts(cuts, rings):
    """Each line must begin and end on the border; a line cut earlier from the same feature counts as border."""
    rows = []
    for feature, atom, part, line in cuts:
        border = rings[feature]
        near = [min(border, key=lambda p: distance(p, line[end])) for end in (0, -1)]
        gaps = [distance(near[0], line[0]), distance(near[1], line[-1])]
        if max(gaps) > 0:
            print(f"{feature} {atom}: line of {len(line)} points, ends {gaps} grid steps from the border")
        if max(gaps) > NEAR:
            print("  left out")  # Kinburn Spit: stays with Kherson
            continue
        line = tidy([near[0], *line, near[1]])
        border.update(line)
        rows.append(f"{feature}\t{atom}\t{part}\t" + " ".join(f"{x},{y}" for x, y in line))
    (HERE / "cuts.tsv").write_text(CUTS_HEAD + "\n".join(rows) + "\n")


def distance(p, q):
    return max(abs(p[0] - q[0]), abs(p[1] - q[1]))


def write_patches(stem, transform, known):
    """Islands of the newer edition none of whose points the older one has."""
    rows = []
    for code, rings in shapes(stem):
        for ring in rings:
            points = tidy([grid(p, transform) for p in ring])
            new = not any((x + i, y + j) in known for x, y in points for i in (-1, 0, 1) for j in (-1, 0, 1))
            if code in ISLANDS and new:
                rows.append(f"{ISLANDS[code]}\t" + " ".join(f"{x},{y}" for x, y in points))
    (HERE / "patches.tsv").write_text(PATCHES_HEAD + "\n".join(sorted(rows)) + "\n")


def shapes(stem):
    """Yields (ADM0_A3, rings) for each record of a shapefile."""
    table, shape = Path(stem + ".dbf").read_bytes(), Path(stem + ".shp").read_bytes()
    count, head, size = struct.unpack("<IHH", table[4:12])
    start, at, column = 1, 32, None
    while table[at] != 13:
        if table[at : at + 11].split(b"\0")[0] == b"ADM0_A3":
            column = start
        start, at = start + table[at + 16], at + 32
    at = 100
    for number in range(count):
        code = table[head + number * size + column :][:3].decode()
        (words,) = struct.unpack(">4xI", shape[at : at + 8])
        record, at = shape[at + 8 : at + 8 + 2 * words], at + 8 + 2 * words
        parts, points = struct.unpack("<2I", record[36:44])
        ends = [*struct.unpack(f"<{parts}I", record[44 : 44 + 4 * parts]), points]
        spot = 44 + 4 * parts
        everything = [struct.unpack_from("<2d", record, spot + 16 * i) for i in range(points)]
        yield code, [everything[a:b] for a, b in zip(ends, ends[1:])]


def geometry(blob):
    """Coordinates of a GeoPackage geometry (little endian, two dimensions) as nested lists."""
    envelope = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}[blob[3] >> 1 & 7]
    return well_known(blob, 8 + envelope)[0]


def well_known(blob, at):
    order, kind, count = struct.unpack_from("<BII", blob, at)
    if order != 1:
        sys.exit("big-endian geometry")
    at += 9
    if kind % 1000 == 2:
        return points_at(blob, at, count), at + 16 * count
    parts = []
    for _ in range(count):
        if kind % 1000 == 3:
            (length,) = struct.unpack_from("<I", blob, at)
            parts.append(points_at(blob, at + 4, length))
            at += 4 + 16 * length
        else:
            part, at = well_known(blob, at)
            parts.append(part)
    return parts, at


def points_at(blob, at, count):
    return [struct.unpack_from("<2d", blob, at + 16 * i) for i in range(count)]


CUTS_HEAD = """\
# Lines that cut a disputed unit out of a feature of the source. Made by extract.py; grid coordinates x,y.
# A line begins and ends on the border of a polygon of the feature; the smaller or larger part becomes the atom.
feature	atom	part	line
"""
PATCHES_HEAD = """\
# Islands that the source leaves out and a newer edition has. Made by extract.py; grid coordinates, clockwise.
atom	ring
"""

if __name__ == "__main__":
    main()
