// Package interp is all that stands on cel-go's interpreter, which is no promise of that library: no other package may
// import it. Decorate puts steps and calls of ours in the place of CEL's; a Meter bounds what they do.
//
// CEL's own means do not bound it. Its cost limit charges for a call when that has been made, and
// value.s.replace("", value.s), a join of large texts, a regular expression out of the event or == of lists that hold
// each other takes minutes or all memory in one call; the interrupts of ContextEval are looked at between the rounds of
// a loop only. It also allocates a tracker for each evaluation, where this allocates nothing. The calls have to be ours
// in any case, for what numbers mean and for saying what a call was given that failed.
package interp
