// Package onboarding holds the rules by which a company becomes an indirect
// reseller: the partner, the commands that change it, what is still required
// of it, and whether it may transact.
//
// Everything here is pure. Time, ids, one-time secrets, business calendars,
// phone and country knowledge arrive as arguments; nothing is read from a
// clock, a network or a disk. A command is a method of Partner that returns
// exactly one Event or a *Refusal; Partner.Apply turns the event into the next
// state. Because one command is one event, the partner's version, the number
// of its events and the last event's sequence are the same number.
//
// Rule ids (E1, B5, V10, …) in comments name the rows of the feature table in
// the README.
package onboarding
