"""Reads borders.bin back and holds it against known places and against the source. Shares no code with prepare.py.

Usage: check.py COUNTRIES_JSON

1. The boundary of every area closes. 2. Known places lie in the areas they should. 3. The area of land on the sphere
equals that of the source, feature by feature; a group of features that exchange land (Russia and Crimea) counts as one.
Marks, patches and repaired crossings may only add what their size allows.
"""

import json
import math
import struct
import sys
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).parent
LAYOUT = "<8s4dHI"
RADIUS = 6371.0088  # km
REPAIRS = 2.0  # km2 by which repaired crossings and islets may change a group of features
PLACES = """
SG 1.290 103.850 Singapore            MY 1.480 103.750 Johor Bahru          ID 1.070 103.950 Batam
HK 22.320 114.170 Hong Kong           MO 22.200 113.545 Macao               CN 22.545 114.060 Shenzhen
MC 43.740 7.425 Monaco                VA 41.903 12.4535 Vatican City        SM 43.936 12.447 San Marino
GI 36.132 -5.349 Gibraltar            LI 47.141 9.521 Vaduz                 AD 42.507 1.522 Andorra la Vella
RU 54.710 20.510 Kaliningrad          RU 64.735 177.300 near Anadyr         RU 71.250 -179.500 Wrangel Island, west
RU 71.200 179.500 Wrangel Island, far RU 66.000 -172.500 Chukotka          
XCE 35.888 -5.320 Ceuta               XME 35.285 -2.940 Melilla             GF 4.920 -52.330 Cayenne
GP 16.250 -61.560 Guadeloupe          MQ 14.650 -61.000 Martinique          RE -20.900 55.460 Saint-Denis
YT -12.780 45.200 Mayotte             SJ 78.210 15.600 Longyearbyen         SJ 71.000 -8.500 Jan Mayen
BV -54.420 3.410 Bouvet Island        BQ 12.180 -68.270 Bonaire             BQ 17.490 -62.975 Sint Eustatius
CX -10.490 105.630 Christmas Island   CC -12.185 96.905 Cocos               TK -9.3745 -171.220 Fakaofo
XCR 44.950 34.100 Simferopol          XDN 48.000 37.800 Donetsk             XLN 48.570 39.310 Luhansk
XZA 47.840 35.140 Zaporizhzhia        XKH 46.750 33.370 Nova Kakhovka       UA 46.970 32.000 Mykolaiv
TW 25.040 121.520 Taipei              TW 24.810 120.970 Hsinchu             TW 24.440 118.330 Kinmen
TW 26.150 119.930 Matsu               XPT 20.703 116.727 Pratas             PH 9.740 118.740 Puerto Princesa
XK 42.660 21.160 Pristina             XNC 35.200 33.360 Nicosia, north      CY 35.130 33.350 Nicosia, south
XAK 34.600 32.960 Akrotiri            XSL 9.560 44.060 Hargeisa             SO 2.050 45.320 Mogadishu
FJ -18.130 178.440 Suva               FJ -16.850 179.970 Taveuni, west      FJ -16.900 -179.990 Taveuni, east
AQ -90.000 0.000 South Pole           AQ -85.500 -150.000 Antarctica        AQ -77.850 166.670 McMurdo
XZ 0.000 -30.000 Atlantic             XZ 90.000 0.000 North Pole            XZ 42.000 51.000 Caspian Sea
XGO 33.130 35.780 Golan               SY 33.510 36.290 Damascus             IL 32.790 35.530 Tiberias
XAC 35.200 79.400 Aksai Chin          XAR 27.590 91.870 Tawang              XJK 34.080 74.800 Srinagar
XPK 34.360 73.470 Muzaffarabad        XPK 35.920 74.310 Gilgit              XSG 35.400 77.200 Siachen
XES 6.400 -59.500 Essequibo           GY 6.800 -58.150 Georgetown           XBS 16.100 -88.850 Punta Gorda
BZ 17.250 -88.770 Belmopan            XWS 27.150 -13.200 Laayoune           EH 26.140 -10.570 Bir Lehlou
XAH 43.000 41.030 Sukhumi             XSO 42.220 43.970 Tskhinvali          GE 41.720 44.790 Tbilisi
XTN 46.840 29.640 Tiraspol            MD 47.010 28.860 Chisinau             XHB 22.200 36.400 Halaib
XBT 21.880 33.750 Bir Tawil           XAY 9.600 28.430 Abyei                XIL 4.900 35.200 Ilemi
XAB 25.875 55.030 Abu Musa            XPA 16.835 112.335 Woody Island       XSP 10.375 114.363 Itu Aba
SG 1.280 103.630 Tuas                  XLI 37.243 131.862 Liancourt Rocks    XKU 44.000 145.800 Kunashir           RU 46.000 150.000 Urup
JP 43.330 145.580 Nemuro              XGB 19.910 -75.140 Guantanamo         XBK 45.960 63.310 Baikonur
CA 44.880 -66.940 Campobello          US 44.910 -67.010 Eastport            KR 37.560 126.980 Seoul
KP 39.030 125.750 Pyongyang           FK -51.750 -59.000 Falkland Islands   GL 67.500 -50.000 Greenland
"""


def main():
    transform, chains = read_borders()
    codes = [line.split("\t")[1] for line in (HERE / "atoms.tsv").read_text().splitlines()[1:]]
    borders = [(codes[left], codes[right], points) for left, right, points in chains]
    failures = check_closed(borders) + check_places(borders, transform) + check_areas(borders, transform)
    print(f"{failures} failures")
    sys.exit(bool(failures))


def read_borders():
    data = (HERE / "borders.bin").read_bytes()
    magic, sx, tx, sy, ty, atoms, count = struct.unpack_from(LAYOUT, data)
    if magic != b"LCBORD01":
        sys.exit("not a borders file")
    at = struct.calcsize(LAYOUT)
    chains = []
    for _ in range(count):
        left, right = struct.unpack_from("<HH", data, at)
        length, at = varint(data, at + 4)
        if not (max(left, right) < atoms and left != right and length >= 2):
            sys.exit("bad chain")
        points, x, y = [], 0, 0
        for _ in range(length):
            dx, at = varint(data, at)
            dy, at = varint(data, at)
            x, y = x + (dx >> 1 ^ -(dx & 1)), y + (dy >> 1 ^ -(dy & 1))
            points.append((x, y))
        chains.append((left, right, points))
    if at != len(data):
        sys.exit("bytes left over")
    return ((sx, tx), (sy, ty)), chains


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value, shift, at = value | (byte & 127) << shift, shift + 7, at + 1
        if byte < 128:
            return value, at


def check_closed(borders):
    """Around each vertex, an area has as many borders coming in as going out."""
    balance = defaultdict(int)
    width = 99999  # +180 and -180 are one meridian
    for left, right, points in borders:
        first, last = [(x % width, y) for x, y in (points[0], points[-1])]
        for area, sign in ((left, -1), (right, 1)):
            balance[area, first] += sign
            balance[area, last] -= sign
    open_ends = [key for key, n in balance.items() if n]
    print(f"boundaries: {len(borders)} chains, {len(open_ends)} open ends {open_ends[:5]}")
    return len(open_ends)


def check_places(borders, transform):
    """Goes north from a place to the first border; the place lies on its southern side."""
    (sx, tx), (sy, ty) = transform
    failures = 0
    words = [entry.split() for entry in PLACES.replace("  ", "\n").splitlines() if entry.strip()]
    for code, latitude, longitude, *name in words:
        x, y = (float(longitude) - tx) / sx, (float(latitude) - ty) / sy
        first, found = math.inf, "XZ"
        for left, right, points in borders:
            for (ax, ay), (bx, by) in zip(points, points[1:]):
                if (ax <= x) != (bx <= x):
                    height = ay + (x - ax) * (by - ay) / (bx - ax)
                    if y < height < first:
                        first, found = height, right if bx > ax else left
        if found != code:
            failures += 1
            print(f"  {' '.join(name)} is in {found}, should be in {code}")
    print(f"places: {len(words)} looked up, {failures} wrong")
    return failures


def check_areas(borders, transform):
    (sx, tx), (sy, ty) = transform
    ours = defaultdict(list)
    for left, right, points in borders:
        places = [(tx + sx * x, ty + sy * y) for x, y in points]
        for p, q in zip(places, places[1:]):
            part = southward(p, q)
            ours[right].append(part)
            ours[left].append(-part)
    theirs, groups = source_areas()
    extra = additions()
    failures = exact = 0
    for group in groups:
        drawn = math.fsum(part for area in group["areas"] for part in ours[area]) * RADIUS**2
        source = math.fsum(part for feature in group["features"] for part in theirs[feature]) * RADIUS**2
        room = sum(extra[area] for area in group["areas"])
        if abs(drawn - source) <= 1e-9 * source:
            exact += 1
        elif not -REPAIRS <= drawn - source <= room + REPAIRS:
            failures += 1
            print(f"  {group['areas']}: {drawn:.3f} km2, source {source:.3f}, room {room:.1f}")
    print(f"areas: {len(groups)} groups, {exact} equal to 1e-9, {failures} wrong")
    return failures


def southward(p, q):
    """Area on the unit sphere between a step, straight in longitude and latitude, and the South Pole; + eastward."""
    east = math.radians((q[0] - p[0] + 180) % 360 - 180)
    middle, half = math.radians(p[1] + q[1]) / 2, math.radians(q[1] - p[1]) / 2
    return east * (1 + math.sin(middle) * (math.sin(half) / half if half else 1))


def source_areas():
    """Parts of the area of each feature, and groups of features with the areas they feed."""
    source = json.loads(Path(sys.argv[1]).read_text())
    (sx, sy), (tx, ty) = source["transform"]["scale"], source["transform"]["translate"]
    arcs = []
    for arc in source["arcs"]:
        x = y = 0
        places = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            places.append((tx + sx * x, ty + sy * y))
        arcs.append([southward(p, q) for p, q in zip(places, places[1:])])
    parts = defaultdict(list)
    for feature in source["objects"]["countries"]["geometries"]:
        many = feature["arcs"] if feature["type"] == "MultiPolygon" else [feature["arcs"]]
        for index in [i for rings in many for ring in rings for i in ring]:
            parts[feature["properties"]["name"]] += arcs[index] if index >= 0 else [-part for part in arcs[~index]]
    return parts, group(parts)


def group(features):
    """Joins features that share an area, by the rows of units.tsv and cuts.tsv."""
    feeds = defaultdict(set)
    for name in ("units.tsv", "cuts.tsv"):
        for feature, area, *_ in rows(name):
            feeds[feature].add(area)
    groups = []
    for feature in features:
        fresh = {"features": {feature}, "areas": set(feeds[feature])}
        for old in [g for g in groups if g["areas"] & fresh["areas"]]:
            groups.remove(old)
            fresh = {"features": fresh["features"] | old["features"], "areas": fresh["areas"] | old["areas"]}
        groups.append(fresh)
    return groups


def additions():
    """How much land marks and patches may add to an area, in km2."""
    room = defaultdict(float)
    for atom, _, _, radius, _ in rows("marks.tsv"):
        room[atom] += 4 * (float(radius) + 0.4) ** 2
    for atom, ring in rows("patches.tsv"):
        xs, ys = zip(*[map(int, point.split(",")) for point in ring.split()])
        room[atom] += (max(xs) - min(xs)) * 0.4 * (max(ys) - min(ys)) * 0.19
    return room


def rows(name):
    lines = [line for line in (HERE / name).read_text().splitlines() if not line.startswith("#")]
    return [line.split("\t") for line in lines[1:]]


if __name__ == "__main__":
    main()
