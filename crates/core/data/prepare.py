"""Build borders.bin from world-atlas countries-10m.json. Usage: prepare.py COUNTRIES_JSON

The map is a sum: every polygon adds its label to the right of each step of its ring and takes it away from the
left. Where two areas meet, their steps cancel into one border with two sides; a step whose sum is not "one label
right, one label left" is an overlap and stops the build. See README.md for the format.
"""
import json
import math
import struct
import sys
from collections import Counter, defaultdict
from pathlib import Path

HERE = Path(__file__).parent
SEAM = 99999  # x of longitude +180; x = 0 is -180
SNAP = 3  # the most grid rows by which the two sides of the antimeridian may disagree
ISO = """
AD020 AE784 AF004 AG028 AI660 AL008 AM051 AO024 AQ010 AR032 AS016 AT040 AU036 AW533 AX248 AZ031 BA070 BB052
BD050 BE056 BF854 BG100 BH048 BI108 BJ204 BL652 BM060 BN096 BO068 BQ535 BR076 BS044 BT064 BV074 BW072 BY112
BZ084 CA124 CC166 CD180 CF140 CG178 CH756 CI384 CK184 CL152 CM120 CN156 CO170 CR188 CU192 CV132 CW531 CX162
CY196 CZ203 DE276 DJ262 DK208 DM212 DO214 DZ012 EC218 EE233 EG818 EH732 ER232 ES724 ET231 FI246 FJ242 FK238
FM583 FO234 FR250 GA266 GB826 GD308 GE268 GF254 GG831 GH288 GI292 GL304 GM270 GN324 GP312 GQ226 GR300 GS239
GT320 GU316 GW624 GY328 HK344 HM334 HN340 HR191 HT332 HU348 ID360 IE372 IL376 IM833 IN356 IO086 IQ368 IR364
IS352 IT380 JE832 JM388 JO400 JP392 KE404 KG417 KH116 KI296 KM174 KN659 KP408 KR410 KW414 KY136 KZ398 LA418
LB422 LC662 LI438 LK144 LR430 LS426 LT440 LU442 LV428 LY434 MA504 MC492 MD498 ME499 MF663 MG450 MH584 MK807
ML466 MM104 MN496 MO446 MP580 MQ474 MR478 MS500 MT470 MU480 MV462 MW454 MX484 MY458 MZ508 NA516 NC540 NE562
NF574 NG566 NI558 NL528 NO578 NP524 NR520 NU570 NZ554 OM512 PA591 PE604 PF258 PG598 PH608 PK586 PL616 PM666
PN612 PR630 PS275 PT620 PW585 PY600 QA634 RE638 RO642 RS688 RU643 RW646 SA682 SB090 SC690 SD729 SE752 SG702
SH654 SI705 SJ744 SK703 SL694 SM674 SN686 SO706 SR740 SS728 ST678 SV222 SX534 SY760 SZ748 TC796 TD148 TF260
TG768 TH764 TJ762 TK772 TL626 TM795 TN788 TO776 TR792 TT780 TV798 TW158 TZ834 UA804 UG800 UM581 US840 UY858
UZ860 VA336 VC670 VE862 VG092 VI850 VN704 VU548 WF876 WS882 YE887 YT175 ZA710 ZM894 ZW716
""".split()
# Vatican City shrinks to a line on the source's grid; this diamond covers it. Grid coordinates, clockwise.
VATICAN = [(53459, 75288), (53460, 75286), (53459, 75284), (53458, 75286)]


def main():
    source = json.loads(Path(sys.argv[1]).read_text())
    transform = source["transform"]
    atoms = read_atoms()
    polygons = label(read_polygons(source), read_units(), transform)
    sides = sum_up(polygons)
    sides = close_seam(sides)
    check_iso(atoms, sides)
    check_vertices(sides)
    chains = make_chains(sides, polygons)
    write(chains, transform, [row[1] for row in atoms])


def read_atoms():
    rows = [line.split("\t") for line in (HERE / "atoms.tsv").read_text().splitlines()[1:]]
    for number, row in enumerate(rows):
        if int(row[0]) != number or len(row) != 7:
            sys.exit(f"atoms.tsv: bad row {row}")
    return rows


def read_units():
    units = []
    for line in (HERE / "units.tsv").read_text().splitlines():
        if line.startswith("#") or line.startswith("feature\t"):
            continue
        feature, atom, *box, count = line.split("\t")
        units.append((feature, atom, [float(v) for v in box] if box[0] else None, int(count)))
    return units


def read_polygons(source):
    """Yields (feature name, ISO number or None, rings), a ring being a list of grid points, first = last."""
    arcs = [decode(arc) for arc in source["arcs"]]
    for feature in source["objects"]["countries"]["geometries"]:
        many = feature["arcs"] if feature["type"] == "MultiPolygon" else [feature["arcs"]]
        for rings in many:
            yield feature["properties"]["name"], feature.get("id"), [join(ring, arcs) for ring in rings]


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


def label(polygons, units, transform):
    """Gives each polygon its atom: by ISO number, unless a row of units.tsv takes it."""
    numbers = {code[2:]: code[:2] for code in ISO}
    hits = Counter()
    labelled = []
    for name, number, rings in polygons:
        atom = None if name == "Ashmore and Cartier Is." else numbers.get(number)
        atom = "AU" if name == "Ashmore and Cartier Is." else atom
        for unit in units:
            if unit[0] == name and (unit[2] is None or inside(rings[0], unit[2], transform)):
                atom = unit[1]
                hits[units.index(unit)] += 1
        if atom is None:
            sys.exit(f"no atom for a polygon of {name}")
        if name == "Vatican":
            rings = [VATICAN + VATICAN[:1]]
        if name == "Italy":
            rings = [VATICAN[::-1] + VATICAN[-1:] if len(ring) == 3 else ring for ring in rings]
        labelled.append((atom, rings))
    for number, unit in enumerate(units):
        if hits[number] != unit[3]:
            sys.exit(f"units.tsv: {unit} matches {hits[number]} polygons")
    return labelled


def inside(ring, box, transform):
    west, south, east, north = box
    points = [degrees(point, transform) for point in ring]
    return all(west <= lon <= east and south <= lat <= north for lon, lat in points)


def degrees(point, transform):
    (sx, sy), (tx, ty) = transform["scale"], transform["translate"]
    return tx + sx * point[0], ty + sy * point[1]


def home(point):
    """The same point with longitude +180 written as -180."""
    return (0, point[1]) if point[0] == SEAM else point


def sum_up(polygons):
    """Steps with their sides: {(p, q): (left, right)}, p and q on the cylinder, each step once."""
    total = defaultdict(Counter)
    for atom, rings in polygons:
        for ring in rings:
            for p, q in zip(ring, ring[1:]):
                p, q = home(p), home(q)
                if p == q or (p[0] == 0 and q[0] == 0):
                    continue  # no length, or the artificial cut along the antimeridian
                if p < q:
                    total[p, q][atom] += 1
                else:
                    total[q, p][atom] -= 1
    sides = {}
    for step, labels in total.items():
        right = [atom for atom, n in labels.items() for _ in range(n)]
        left = [atom for atom, n in labels.items() for _ in range(-n)]
        if len(right) > 1 or len(left) > 1:
            sys.exit(f"overlap at {step}: {labels}")
        if right or left:
            sides[step] = (left or ["XZ"])[0], (right or ["XZ"])[0]
    return sides


def close_seam(sides):
    """Joins the coasts that the source cut at the antimeridian, moving ends by at most SNAP rows."""
    ends = Counter(point for step in sides for point in step if point[0] == 0)
    moved, base = {}, None
    for point in sorted(ends):
        base = point if base is None or point[1] - base[1] > SNAP else base
        moved[point] = base
        print(f"seam: row {point[1]} -> {base[1]}, {ends[point]} end(s)")
    closed = {}
    for (p, q), (left, right) in sides.items():
        p, q = moved.get(p, p), moved.get(q, q)
        if p == q:
            continue
        closed[(p, q) if p < q else (q, p)] = (left, right) if p < q else (right, left)
    return closed


def check_iso(atoms, sides):
    drawn = {atom for pair in sides.values() for atom in pair}
    known = {row[1] for row in atoms}
    codes = {code[:2] for code in ISO}
    print("ISO areas:", len(codes), "without land:", sorted(codes - drawn) or "none")
    if len(codes) != 249 or not codes <= known:
        sys.exit(f"ISO areas missing from atoms.tsv: {sorted(codes - known)}")
    if drawn != known:
        sys.exit(f"atoms.tsv and the map differ: {sorted(drawn ^ known)}")


def check_vertices(sides):
    """Turning round a vertex anticlockwise, what lies left of one step must lie right of the next."""
    spokes = defaultdict(list)
    for (p, q), (left, right) in sides.items():
        dx = (q[0] - p[0] + SEAM // 2) % SEAM - SEAM // 2
        dy = q[1] - p[1]
        spokes[p].append((math.atan2(dy, dx), left, right))
        spokes[q].append((math.atan2(-dy, -dx), right, left))
    bad = 0
    for point, around in spokes.items():
        around.sort()
        turned = around[1:] + around[:1]
        if any(here[1] != after[2] for here, after in zip(around, turned)):
            bad += 1
            print("vertex", point, around)
    print("vertices:", len(spokes), "steps:", len(sides), "bad vertices:", bad)
    # TODO fail


def make_chains(sides, polygons):
    """Polylines between the same two atoms, in the order in which the source walks its rings."""
    rest = dict(sides)
    chains = []
    for _, rings in polygons:
        for ring in rings:
            for p, q in zip(ring, ring[1:]):
                take(home(p), home(q), rest, chains)
    # Steps whose ends moved at the seam are found under their new name.
    for p, q in sorted(rest):
        take(p, q, rest, chains)
    return [piece for chain in chains for piece in cut_at_seam(chain)]


def take(p, q, rest, chains):
    """Adds the step p, q to the last chain if it continues it, else begins a chain; forgets the step."""
    key = (p, q) if p < q else (q, p)
    pair = rest.pop(key, None)
    if pair is None:
        return
    pair = pair if p < q else pair[::-1]
    if chains and chains[-1][0] == pair and chains[-1][1][-1] == p:
        chains[-1][1].append(q)
    else:
        chains.append((pair, [p, q]))


def cut_at_seam(chain):
    """Cuts a chain where it touches the antimeridian, so that no step spans the map."""
    pair, points = chain
    cuts = [i for i, point in enumerate(points) if point[0] == 0 and 0 < i < len(points) - 1]
    for first, last in zip([0] + cuts, cuts + [len(points) - 1]):
        piece = points[first : last + 1]
        for end, beside in ((0, 1), (-1, -2)):
            if piece[end][0] == 0 and piece[beside][0] > SEAM // 2:
                piece[end] = (SEAM, piece[end][1])
        if any(abs(p[0] - q[0]) > SEAM // 2 for p, q in zip(piece, piece[1:])):
            sys.exit(f"a step spans the map near {piece[0]}")
        yield pair, piece


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
    points = sum(len(chain[1]) for chain in chains)
    print(f"borders.bin: {len(atoms)} atoms, {len(chains)} chains, {points} points, {len(out)} bytes")


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
