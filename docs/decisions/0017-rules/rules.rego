package rules

import rego.v1

# == rule 1
worlds contains {"pd": pd, "data_centre": centre} if {
	some pd in {input.pd.lo} | {cut | some cut in [1.6, 3.2, 5.92]; cut > input.pd.lo; cut <= input.pd.hi}
	some centre in input.data_centre
}

class contains name if {
	some world in worlds
	name := class_of(world)
}

class_of(world) := "none" if {
	not class_a(world)
	not class_b(world)
}

class_of(world) := "a" if class_a(world)

class_of(world) := "b" if {
	class_b(world)
	not class_a(world)
}

applies(world) if {
	input.on >= "2023-11-17"
	not outside(world)
}

outside(world) if {
	not world.data_centre
	input.tpp < 4800
}

class_a(world) if {
	applies(world)
	input.tpp >= 4800
}

class_a(world) if {
	applies(world)
	input.tpp >= 1600
	world.pd >= 5.92
}

class_b(world) if {
	applies(world)
	input.tpp >= 2400
	input.tpp < 4800
	world.pd >= 1.6
	world.pd < 5.92
}

class_b(world) if {
	applies(world)
	input.tpp >= 1600
	world.pd >= 3.2
	world.pd < 5.92
}

margins := {
	"3A090.a tpp 4800": [input.tpp - 4800, input.tpp - 4800],
	"3A090.a tpp 1600": [input.tpp - 1600, input.tpp - 1600],
	"3A090.a pd 5.92": [input.pd.lo - 5.92, input.pd.hi - 5.92],
	"3A090.b tpp 2400": [input.tpp - 2400, input.tpp - 2400],
	"3A090.b tpp 4800": [input.tpp - 4800, input.tpp - 4800],
	"3A090.b tpp 1600": [input.tpp - 1600, input.tpp - 1600],
	"3A090.b pd 1.6": [input.pd.lo - 1.6, input.pd.hi - 1.6],
	"3A090.b pd 3.2": [input.pd.lo - 3.2, input.pd.hi - 3.2],
	"3A090.b pd 5.92": [input.pd.lo - 5.92, input.pd.hi - 5.92],
}

# == rule 2
member(place, group) if {
	some version in data.groups[group]
	version.from <= input.on
	input.on < version.until
	place in version.places
}

listed_destination(to) if {
	some group in ["D:1", "D:4", "D:5"]
	member(to, group)
	not partner(to)
}

partner(to) if {
	some group in ["A:5", "A:6"]
	member(to, group)
}

listed_seat(place) if member(place, "D:5")

listed_seat("MO") := true

listed_seat("unknown") := true

free_seat(place) if not listed_seat(place)

free_seat("unknown") := true

current(seat) if {
	seat.from <= input.on
	input.on < seat.until
}

seat_listed contains true if {
	some seat in input.seats
	current(seat)
	seat.share.hi >= 50
	some place in seat.places
	listed_seat(place)
}

seat_listed contains false if {
	every seat in input.seats {
		free(seat)
	}
}

free(seat) if not current(seat)

free(seat) if seat.share.lo < 50

free(seat) if {
	some place in seat.places
	free_seat(place)
}

controlled contains (name != "none") if some name in class

needs(control, to, seat) if {
	control
	listed_destination(to)
}

needs(control, to, seat) if {
	control
	seat
}

outcomes contains {"licence": licence, "review": review} if {
	some control in controlled
	some to in input.to
	some seat in seat_listed
	some met in conditions
	licence := licence_of(control, to, seat)
	review := review_of(licence, to, seat, met)
}

default licence_of(_, _, _) := false

licence_of(control, to, seat) if needs(control, to, seat)

licence contains outcome.licence if some outcome in outcomes

# == rule 3
within if {
	input.on >= "2026-01-15"
	input.tpp < 21000
	input.dram < 6500
	input.us_share.lo <= 50
}

conditions contains true if {
	within
	true in input.exported_from_us
	true in input.third_party_test
	true in input.kyc
}

conditions contains false if not within

conditions contains false if input.us_share.hi > 50

conditions contains false if {
	some answers in [input.exported_from_us, input.third_party_test, input.kyc]
	false in answers
}

review_of(licence, to, seat, met) := "none" if not licence

review_of(licence, to, seat, met) := "case by case" if {
	licence
	to in ["CN", "MO"]
	met
}

review_of(licence, to, seat, met) := "denial" if {
	licence
	to in ["CN", "MO"]
	not met
}

review_of(licence, to, seat, met) := "denial" if {
	licence
	not to in ["CN", "MO"]
	seat
}

review_of(licence, to, seat, met) := "other" if {
	licence
	not to in ["CN", "MO"]
	not seat
}

review contains outcome.review if some outcome in outcomes

default state := "none"

state := "in force" if {
	input.known >= "2025-09-29"
	input.on >= "2025-09-29"
	not replaced
}

replaced if {
	input.known >= "2025-11-10"
	input.on >= "2025-11-10"
}

state := "suspended" if {
	replaced
	input.on < "2026-11-10"
}

state := "unverified" if {
	replaced
	input.on >= "2026-11-10"
}

# answer
answer := {"class": class, "licence": licence, "review": review, "state": state}
