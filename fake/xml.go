package fake

import (
	"maps"
	"slices"
)

// open begins the XML answer of an action, up to its result.
func (c *call) open(action string) {
	c.out = append(c.out, "<"...)
	c.out = append(c.out, action...)
	c.out = append(c.out, `Response xmlns="`...)
	c.out = append(c.out, namespaces[c.service]...)
	c.out = append(c.out, `"><`...)
	c.out = append(c.out, action...)
	c.out = append(c.out, "Result>"...)
}

// close ends it.
func (c *call) close(action string) *Error {
	c.out = append(c.out, "</"...)
	c.out = append(c.out, action...)
	c.out = append(c.out, "Result>"...)
	c.metadata(action)
	return nil
}

// bare is the answer of an action without a result.
func (c *call) bare(action string) *Error {
	c.out = append(c.out, "<"...)
	c.out = append(c.out, action...)
	c.out = append(c.out, `Response xmlns="`...)
	c.out = append(c.out, namespaces[c.service]...)
	c.out = append(c.out, `">`...)
	c.metadata(action)
	return nil
}

func (c *call) metadata(action string) {
	c.out = append(c.out, "<ResponseMetadata><RequestId>"...)
	c.out = append(c.out, c.id[:]...)
	c.out = append(c.out, "</RequestId></ResponseMetadata></"...)
	c.out = append(c.out, action...)
	c.out = append(c.out, "Response>"...)
}

func (c *call) element(name, value string) {
	c.out = append(c.out, '<')
	c.out = append(c.out, name...)
	c.out = append(c.out, '>')
	c.out = appendXML(c.out, value)
	c.out = append(c.out, "</"...)
	c.out = append(c.out, name...)
	c.out = append(c.out, '>')
}

func (c *call) attributeMap(action string, m map[string]string) *Error {
	c.open(action)
	c.out = append(c.out, "<Attributes>"...)
	for _, key := range slices.Sorted(maps.Keys(m)) {
		c.out = append(c.out, "<entry>"...)
		c.element("key", key)
		c.element("value", m[key])
		c.out = append(c.out, "</entry>"...)
	}
	c.out = append(c.out, "</Attributes>"...)
	return c.close(action)
}
