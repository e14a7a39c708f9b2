"""Builds borders.bin from countries-10m.json of world-atlas. Usage: prepare.py COUNTRIES_JSON

The map is a sum. Every ring adds its area to the right of each of its steps; where two areas meet, the two steps
become one border with two sides. The tables beside this script say which area a polygon is (units.tsv), where a
disputed unit is cut out of it (cuts.tsv), and what land the source lacks (patches.tsv, marks.tsv). Any disagreement
between tables, source and map stops the build. README.md describes the format and where everything comes from.
"""

import hashlib
import json
import math
import struct
import sys
from collections import Counter, defaultdict
from pathlib import Path

import planar

HERE = Path(__file__).parent
SEAM = 99999  # x of longitude +180; x = 0 is -180
SNAP = 3  # the most grid rows by which the two sides of the antimeridian may disagree
SEA = "XZ"
KM_PER_DEGREE = 110.5  # of latitude, rounded down
T = math.tan(math.pi / 8)
OCTAGON = [(-T, 1), (T, 1), (1, T), (1, -T), (T, -1), (-T, -1), (-1, -T), (-1, T)]  # clockwise round the unit circle
ISO = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC
CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD
GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH
KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW
MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC
SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY
UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
""".split()


def main():
    source = json.loads(Path(sys.argv[1]).read_text())
    transform = source["transform"]
    atoms = read_atoms()
    polygons = assign(read_polygons(source), transform)
    polygons = cut(polygons) + patches()
    sums = sum_up(polygons + marks(transform))
    planar.split_crossings(sums)
    sides = close_seam(planar.resolve(sums, loose=seam, nothing=(9, SEA)))
    check_drawn(atoms, sides)
    check_vertices(sides)
    write(make_chains(sides), transform, atoms)


def read_atoms():
    """The codes of atoms.tsv in order, after a look at every row."""
    rows = table("atoms.tsv")
    codes = [row[1] for row in rows]
    for number, (index, code, _, kind, administered_by, claimants, _) in enumerate(rows):
        fits = {"sea": number == 0 and code == SEA, "area": code in ISO, "disputed": code not in ISO and code[0] == "X"}
        named = [c for c in (administered_by + "," + claimants).split(",") if c not in ("", "-")]
        if int(index) != number or not fits[kind] or not set(named) <= set(codes) or codes.count(code) > 1:
            sys.exit(f"atoms.tsv: bad row {number}")
    for atom, destinations, *_ in table("worldviews/destination.tsv"):
        if not {atom, *destinations.split(",")} <= set(codes):
            sys.exit(f"destination.tsv: bad row {atom}")
    return codes


def read_polygons(source):
    """Yields (feature name, rings), a ring being a list of grid points, first = last."""
    arcs = [decode(arc) for arc in source["arcs"]]
    for feature in source["objects"]["countries"]["geometries"]:
        many = feature["arcs"] if feature["type"] == "MultiPolygon" else [feature["arcs"]]
        for rings in many:
            joined = [join(ring, arcs) for ring in rings]
            yield feature["properties"]["name"], [widen(ring, hole=number > 0) for number, ring in enumerate(joined)]


def decode(arc):
    points, x, y = [], 0, 0
    for dx, dy in arc:
        x, y = x + dx, y + dy
        points.append((x, y))
    return points


def join(ring, arcs):
    points = []
    for index in ring:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points += arc[1:] if points else arc
    return points


def widen(ring, hole):
    """Some twenty islets, and Vatican City, lost all their area to the grid of the source; such a ring becomes the box
    round it, a step wider on each side. Others stay as they are."""
    if any(seam(p) for p in ring) or area(ring) * (-1 if hole else 1) < 0:
        return ring
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    west, south, east, north = min(xs) - 1, min(ys) - 1, max(xs) + 1, max(ys) + 1
    if abs(area(ring)) > 1 or (east - west) * (north - south) > 60:
        sys.exit(f"a ring at {ring[0]} runs the wrong way round")
    box = [(west, south), (west, north), (east, north), (east, south), (west, south)]
    return box[::-1] if hole else box


def assign(polygons, transform):
    """Gives each polygon its area, by the last row of units.tsv that takes it."""
    units = [(row[0], row[1], [float(v) for v in row[2:6] if v], int(row[6])) for row in table("units.tsv")]
    hits = Counter()
    labelled = []
    for name, rings in polygons:
        atom = None
        for number, (feature, area, box, _) in enumerate(units):
            if feature == name and (not box or inside(rings[0], box, transform)):
                atom = area
                hits[number] += 1
        if atom is None:
            sys.exit(f"units.tsv: no area for a polygon of {name}")
        labelled.append((name, atom, rings))
    for number, unit in enumerate(units):
        if hits[number] != unit[3]:
            sys.exit(f"units.tsv: {unit} takes {hits[number]} polygons")
    return labelled


def table(name):
    """Rows of a data file beside this script, without comments and heading."""
    lines = [line for line in (HERE / name).read_text().splitlines() if not line.startswith("#")]
    return [line.split("\t") for line in lines[1:]]


def points_of(text):
    return [tuple(int(v) for v in point.split(",")) for point in text.split()]


def cut(polygons):
    """Splits polygons along the lines of cuts.tsv."""
    for feature, atom, part, text in table("cuts.tsv"):
        line = points_of(text)
        found = [p for p in polygons if p[0] == feature and {line[0], line[-1]} <= set(p[2][0])]
        if len(found) != 1:
            sys.exit(f"cuts.tsv: the line for {atom} meets {len(found)} polygons of {feature}")
        name, host, rings = found[0]
        pieces = sorted(split(rings[0], line), key=lambda ring: abs(area(ring)), reverse=part == "larger")
        print(f"cut {atom} from {host}: {[round(km2(ring)) for ring in pieces]} km2")
        polygons.remove(found[0])
        holes = [[hole for hole in rings[1:] if contains(ring, hole[0])] for ring in pieces]
        polygons.append((name, atom, [pieces[0], *holes[0]]))
        polygons.append((name, host, [pieces[1], *holes[1]]))
    return polygons


def split(ring, line):
    """The two rings into which a line between two points of a ring divides it."""
    start, end = ring.index(line[0]), ring.index(line[-1])
    if start > end:
        line, start, end = line[::-1], end, start
    return ring[start:end] + line[::-1], line[:-1] + ring[end:-1] + ring[: start + 1]


def area(ring):
    """Signed, in grid units, positive if anticlockwise; not for rings across the antimeridian."""
    return sum(p[0] * q[1] - q[0] * p[1] for p, q in zip(ring, ring[1:])) / 2


def km2(ring):
    return abs(area(ring)) * 0.4008 * 0.1878 * math.cos(math.radians(ring[0][1] * 0.00168857 - 85.2219))


def contains(ring, point):
    x, y = point
    odd = False
    for (ax, ay), (bx, by) in zip(ring, ring[1:]):
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            odd = not odd
    return odd


def patches():
    return [("patch", atom, [points_of(ring)]) for atom, ring in table("patches.tsv")]


def inside(ring, box, transform):
    west, south, east, north = box
    points = [degrees(point, transform) for point in ring]
    return all(west <= lon <= east and south <= lat <= north for lon, lat in points)


def grid(place, transform):
    (sx, sy), (tx, ty) = transform["scale"], transform["translate"]
    return round((place[0] - tx) / sx), round((place[1] - ty) / sy)


def degrees(point, transform):
    (sx, sy), (tx, ty) = transform["scale"], transform["translate"]
    return tx + sx * point[0], ty + sy * point[1]


def marks(transform):
    """An octagon round each place of marks.tsv that holds a circle of the given radius."""
    octagons = []
    for atom, latitude, longitude, radius, name in table("marks.tsv"):
        x, y = grid((float(longitude), float(latitude)), transform)
        sx, sy = transform["scale"]
        wide = float(radius) / (KM_PER_DEGREE * sx * math.cos(math.radians(float(latitude))))
        high = float(radius) / (KM_PER_DEGREE * sy)
        ring = [(x + math.ceil(wide * a), y + math.ceil(high * b)) for a, b in OCTAGON]
        if not all(0 < px < SEAM for px, _ in ring):
            sys.exit(f"marks.tsv: {name} touches the antimeridian")
        octagons.append(("mark", atom, [ring + ring[:1]]))
    return octagons


def sum_up(polygons):
    """Adds all rings up: {(p, q): labels right less labels left}, p < q, each step once. Labels begin with a rank:
    what the source draws (0) goes before a mark (1)."""
    sums = {}
    for name, atom, rings in polygons:
        label = (1 if name == "mark" else 0, atom)
        for ring in rings:
            for p, q in zip(ring, ring[1:]):
                p, q = unfold(p, q), unfold(q, p)
                if p != q and not (seam(p) and seam(q)):  # else no length, or the source's cut along the antimeridian
                    planar.add(sums, p, q, {label: 1})
    return sums


def seam(point):
    return point[0] in (0, SEAM)


def unfold(point, beside):
    """A point at +-180 degrees, written on the side of its neighbour."""
    return (SEAM if beside[0] > SEAM // 2 else 0, point[1]) if seam(point) and not seam(beside) else point


def home(point):
    """The same point with longitude +180 written as -180."""
    return (0, point[1]) if point[0] == SEAM else point


def close_seam(sides):
    """Joins the coasts that the source cut at the antimeridian, moving ends by at most SNAP rows."""
    rows = Counter(point[1] for step in sides for point in step if seam(point))
    moved, base = {}, None
    for row in sorted(rows):
        base = row if base is None or row - base > SNAP else base
        moved[row] = base
    print(f"antimeridian: {len(set(moved.values()))} crossings, rows moved: {[r for r in rows if moved[r] != r]}")
    closed = {}
    for (p, q), (left, right) in sides.items():
        p, q = [(0, moved[point[1]]) if seam(point) else point for point in (p, q)]
        closed[(p, q) if p < q else (q, p)] = (left, right) if p < q else (right, left)
    if len(closed) != len(sides):
        sys.exit("coasts fall together at the antimeridian")
    return closed


def check_drawn(atoms, sides):
    drawn = {atom for pair in sides.values() for atom in pair}
    print(f"areas: {len(drawn)} drawn; ISO areas without land: {sorted(set(ISO) - drawn) or 'none'}")
    if len(set(ISO)) != 249 or not set(ISO) <= drawn or drawn != set(atoms):
        sys.exit(f"atoms.tsv and the map differ: {sorted(drawn ^ set(atoms))}")


def check_vertices(sides):
    """Borders are closed curves: turning anticlockwise round a point, what lies left of one step lies right of the
    next, and an even number of steps meet where only two areas do."""
    spokes = defaultdict(list)
    for (p, q), (left, right) in sides.items():
        dx, dy = (q[0] - p[0] + SEAM // 2) % SEAM - SEAM // 2, q[1] - p[1]
        spokes[p].append((math.atan2(dy, dx), left, right))
        spokes[q].append((math.atan2(-dy, -dx), right, left))
    bad = []
    for point, around in spokes.items():
        around.sort()
        turned = around[1:] + around[:1]
        areas = {area for _, left, right in around for area in (left, right)}
        if any(here[1] != after[2] for here, after in zip(around, turned)) or (len(areas) == 2 and len(around) % 2):
            bad.append((point, around))
    print(f"map: {len(spokes)} points, {len(sides)} steps, {len(bad)} violations {bad[:5]}")
    if bad:
        sys.exit("borders do not close")


def make_chains(sides):
    """Polylines as long as can be between the same two areas; they end at junctions and at the antimeridian."""
    ways = {}  # each step in both directions: (p, q) -> (left, right)
    links = defaultdict(list)
    for (p, q), (left, right) in sides.items():
        ways[p, q], ways[q, p] = (left, right), (right, left)
        links[p].append(q)
        links[q].append(p)
    ends = {p for p, near in links.items() if p[0] == 0 or len(near) != 2 or turns(p, near, ways)}
    chains = []
    for p in sorted(ends) + sorted(links):  # the second helping finds closed coasts without an end
        for q in sorted(links[p]):
            if (p, q) in ways:
                chains.append(walk(p, q, ways, links, ends))
    return chains


def turns(point, near, ways):
    return ways[near[0], point] != ways[point, near[1]]


def walk(p, q, ways, links, ends):
    """Follows a border from its step p, q to its end and forgets it; returns its sides and points."""
    pair = ways[p, q]
    points = [p, q]
    while q not in ends and q != points[0]:
        p, q = q, next(r for r in links[q] if r != p)
        points.append(q)
    for step in zip(points, points[1:]):
        del ways[step], ways[step[::-1]]
    for end, beside in ((0, 1), (-1, -2)):  # the antimeridian gets the longitude of the side the chain comes from
        if points[end][0] == 0 and points[beside][0] > SEAM // 2:
            points[end] = (SEAM, points[end][1])
    if any(abs(p[0] - q[0]) > SEAM // 2 for p, q in zip(points, points[1:])):
        sys.exit(f"a step spans the map near {points[0]}")
    return pair, points


def write(chains, transform, atoms):
    index = {atom: number for number, atom in enumerate(atoms)}
    (sx, sy), (tx, ty) = transform["scale"], transform["translate"]
    out = bytearray(b"LCBORD01" + struct.pack("<4dHI", sx, tx, sy, ty, len(atoms), len(chains)))
    for (left, right), points in chains:
        out += struct.pack("<HH", index[left], index[right])
        out += varint(len(points))
        x = y = 0
        for point in points:
            out += varint(zigzag(point[0] - x)) + varint(zigzag(point[1] - y))
            x, y = point
    (HERE / "borders.bin").write_bytes(out)
    (HERE / "borders.sha256").write_text(hashlib.sha256(out).hexdigest())
    points = sum(len(chain[1]) for chain in chains)
    print(f"borders.bin: {len(atoms)} areas, {len(chains)} chains, {points} points, {len(out)} bytes")


def zigzag(value):
    return value * 2 if value >= 0 else -value * 2 - 1


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return out


if __name__ == "__main__":
    main()
