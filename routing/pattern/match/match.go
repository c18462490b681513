package match

// matchFields reports whether every field has a value that passes, all of them from the same
// element of every array that they share.
func matchFields(fields []Field, x *extraction) (bool, error) {
	for i := range fields {
		if !fields[i].matchAny(x) {
			return false, nil
		}
	}
	if len(x.scopes) == 1 || len(fields) == 1 && !fields[0].absent {
		return true, nil
	}
	ok, repeated := x.join.matches(fields, x)
	if repeated {
		return tryAll(fields, x)
	}
	return ok, nil
}

// matchAny reports whether the field taken alone can match. Where it may be absent, values within
// arrays do not count against it: they may all be in elements that the other fields rule out.
func (f *Field) matchAny(x *extraction) bool {
	there := false
	for j := x.heads[f.slot]; j >= 0; j = x.values[j].next {
		v := &x.values[j]
		x.work += f.cost(v)
		if f.match(v) {
			return true
		}
		there = there || v.scope == 0
	}
	return !there && f.absent
}
