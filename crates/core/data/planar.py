"""Makes a map of overlapping rings planar: no two steps cross, and each step has one area on either side.

A step is a pair of grid points (p, q) with p < q; its sum counts the labels on its right less those on its left.
A label is a rank and an area; nothing is the label of no land.
The source's rings cross one another here and there, because rounding to its grid moved them. Every crossing becomes
a vertex on the grid. Where areas overlap the smallest label wins; where a ring is twisted, both loops count.
"""

import math
from collections import Counter, defaultdict

CELL = 64


def split_crossings(sums):
    """Adds a vertex wherever two steps cross or a step runs through the end of another, until none do."""
    fresh = set(sums)
    while fresh:
        extra = crossings(sums, fresh)
        fresh = set()
        for step, points in extra.items():
            labels = sums.pop(step)
            way = sorted({*step, *points}, key=lambda p: distance(step[0], p))
            for p, q in zip(way, way[1:]):
                add(sums, p, q, labels)
                fresh.add((min(p, q), max(p, q)))
        fresh &= set(sums)
        print(f"planar: {len(extra)} steps split")


def add(sums, p, q, labels):
    """Adds labels to the right of the way from p to q; a step left with none is gone."""
    sign = 1 if p < q else -1
    step = (min(p, q), max(p, q))
    total = sums.setdefault(step, {})
    for label, n in labels.items():
        total[label] = total.get(label, 0) + sign * n
        if total[label] == 0:
            del total[label]
    if not total:
        del sums[step]


def distance(p, q):
    return (p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2


def crossings(sums, fresh):
    """Points to add to steps: {step: set of grid points}; looks only at pairs with at least one fresh step."""
    cells = defaultdict(list)
    for step in sums:
        for cell in cells_of(step):
            cells[cell].append(step)
    extra = defaultdict(set)
    for one in fresh:
        for cell in cells_of(one):
            for other in cells[cell]:
                if other != one and (other not in fresh or one < other) and boxes_meet(one, other):
                    meet(one, other, extra)
    return extra


def cells_of(step):
    (ax, ay), (bx, by) = step
    for x in range(ax // CELL, bx // CELL + 1):
        for y in range(min(ay, by) // CELL, max(ay, by) // CELL + 1):
            yield x, y


def boxes_meet(one, other):
    (a, b), (c, d) = one, other
    return not (
        b[0] < c[0]
        or d[0] < a[0]
        or max(a[1], b[1]) < min(c[1], d[1])
        or max(c[1], d[1]) < min(a[1], b[1])
    )


def meet(one, other, extra):
    (a, b), (c, d) = one, other
    sc, sd, sa, sb = side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)
    if sc * sd < 0 and sa * sb < 0:
        t = sa / (sa - sb)
        point = (round(a[0] + t * (b[0] - a[0])), round(a[1] + t * (b[1] - a[1])))
        for step in (one, other):
            if point not in step:
                extra[step].add(point)
        return
    for s, point, step in ((sc, c, one), (sd, d, one), (sa, a, other), (sb, b, other)):
        if s == 0 and point not in step and boxes_meet(step, (point, point)):
            extra[step].add(point)


def side(p, q, r):
    return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])


def resolve(sums, loose, nothing):
    """The areas left and right of each step: {step: (left, right)}. Steps with the same area on both sides are
    dropped. Where loose(point) holds, borders may end: nothing is concluded from one step to the next."""
    around = spokes(sums)
    columns = defaultdict(list)
    for step in sums:
        for x in range(step[0][0] // CELL, step[1][0] // CELL + 1):
            columns[x].append(step)
    known = {}  # step -> labels on its left
    # From the north: the highest point of each connected part sees what lies above it.
    for top in sorted(around, key=lambda p: (-p[1], -p[0])):
        if loose(top) or any(step_of(top, far) in known for _, far in around[top]):
            continue
        flood(top, above(top, sums, columns), sums, around, known, loose)
    sides = {}
    for step, left in known.items():
        right = plus(left, sums[step], 1)
        pair = min(left, default=nothing)[1], min(right, default=nothing)[1]
        if pair[0] != pair[1]:
            sides[step] = pair
    odd = sum(sum(left.values()) not in (0, 1) for left in known.values())
    print(f"planar: {len(known)} steps, {len(known) - len(sides)} inside one area, {odd} beside an overlap or a twist")
    return sides


def spokes(sums):
    """The neighbours of each point, anticlockwise: {p: [(angle, q)]}."""
    around = defaultdict(list)
    for p, q in sums:
        around[p].append((math.atan2(q[1] - p[1], q[0] - p[0]), q))
        around[q].append((math.atan2(p[1] - q[1], p[0] - q[0]), p))
    for neighbours in around.values():
        neighbours.sort()
    return around


def step_of(p, q):
    return (p, q) if p < q else (q, p)


def above(point, sums, columns):
    """The labels just above a point that no step of its own part reaches over."""
    x, y = point
    labels = Counter()
    for a, b in columns[x // CELL]:
        if a[0] <= x < b[0] and side(a, b, point) < 0:
            labels.update(sums[a, b])
    return {label: n for label, n in labels.items() if n}


def plus(labels, change, sign):
    total = dict(labels)
    for label, n in change.items():
        total[label] = total.get(label, 0) + sign * n
        if total[label] == 0:
            del total[label]
    return total


def flood(top, labels, sums, around, known, loose):
    """Carries labels from the sector above a point to every step that hangs together with it."""
    spot = max((i for i, (angle, _) in enumerate(around[top]) if angle < math.pi / 2), default=-1)
    todo = [(top, spot, labels)]  # a point, one of its spokes, the labels left of that spoke
    done = {top}
    while todo:
        point, spot, left = todo.pop()
        ring = around[point]
        for turn in range(len(ring)):
            far = ring[(spot + turn) % len(ring)][1]
            step = step_of(point, far)
            if turn:  # what lay left of the last spoke lies right of this one
                left = plus(left, sums[step], -1 if step[0] == point else 1)
            known[step] = left if step[0] == point else plus(left, sums[step], -1)
            if far not in done and not loose(far):
                done.add(far)
                back = next(i for i, (_, q) in enumerate(around[far]) if q == point)
                # Seen from the far end, left and right change places.
                right = plus(left, sums[step], 1 if step[0] == point else -1)
                todo.append((far, back, right))
