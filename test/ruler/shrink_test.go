package ruler

// shrink makes the documents smaller as long as differ holds of them.
func shrink(pattern, event *document, differ func(pattern, event *document) bool) (*document, *document) {
	for again := true; again; {
		again = false
		for _, smaller := range reductions(pattern) {
			if differ(smaller, event) {
				pattern, again = smaller, true
				break
			}
		}
		for _, smaller := range reductions(event) {
			if differ(pattern, smaller) {
				event, again = smaller, true
				break
			}
		}
	}
	return pattern, event
}

// reductions are the documents with one value left out, replaced by one within it, or plainer.
func reductions(d *document) []*document {
	var all []*document
	rebuild := func(f func(c *document)) {
		c := *d
		c.members, c.items = append([]member(nil), d.members...), append([]*document(nil), d.items...)
		f(&c)
		all = append(all, &c)
	}
	for i, m := range d.members {
		rebuild(func(c *document) { c.members = append(c.members[:i], c.members[i+1:]...) })
		if m.value.kind != 's' {
			all = append(all, m.value)
		}
		if plain := quote(unquote(m.key)); plain != m.key {
			rebuild(func(c *document) { c.members[i].key = plain })
		}
		for _, smaller := range reductions(m.value) {
			rebuild(func(c *document) { c.members[i].value = smaller })
		}
	}
	for i, v := range d.items {
		rebuild(func(c *document) { c.items = append(c.items[:i], c.items[i+1:]...) })
		all = append(all, v)
		for _, smaller := range reductions(v) {
			rebuild(func(c *document) { c.items[i] = smaller })
		}
	}
	if d.isString() {
		if plain := quote(unquote(d.raw)); plain != d.raw {
			all = append(all, scalar(plain))
		}
		r := []rune(unquote(d.raw))
		for i := range r {
			all = append(all, scalar(quote(string(r[:i])+string(r[i+1:]))))
		}
	}
	return all
}
