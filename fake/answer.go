package fake

import (
	"io"
	"net"
	"net/http"
	"strconv"
)

// outcome is how the request ends, for [Request.Outcome].
func (c *call) outcome(err *Error) string {
	switch e := c.effect; {
	case e != nil && e.Silence:
		return "silence"
	case e != nil && e.Reset:
		return "reset"
	case e != nil && e.HTTP != nil:
		return "http " + strconv.Itoa(e.HTTP.Status)
	case e != nil && e.Answer != nil:
		return e.Answer.of(c.service).Code
	case err != nil:
		return err.Code
	case e != nil && e.Truncate:
		return "truncated"
	}
	return "ok"
}

// answer writes the answer that action and fault make up together.
func (c *call) answer(err *Error) {
	e := c.effect
	switch {
	case e == nil:
	case e.Silence:
		c.hangUp(false)
		return
	case e.Reset:
		c.hangUp(true)
		return
	case e.HTTP != nil:
		for k, v := range e.HTTP.Header {
			c.w.Header().Set(k, v)
		}
		c.w.Header().Set("Content-Type", e.HTTP.ContentType)
		c.w.WriteHeader(e.HTTP.Status)
		_, _ = io.WriteString(c.w, e.HTTP.Body)
		return
	case e.Answer != nil:
		err = e.Answer.of(c.service)
	}
	status := http.StatusOK
	if err != nil {
		status = err.status()
		c.out = c.out[:0]
		c.writeError(err)
	}
	h := c.w.Header()
	h["Content-Type"] = contentTypes[c.service]
	h["X-Amzn-Requestid"] = []string{string(c.id[:])}
	h["Content-Length"] = []string{strconv.Itoa(len(c.out))}
	c.w.WriteHeader(status)
	if e != nil && e.Truncate {
		_, _ = c.w.Write(c.out[:len(c.out)/2])
		_ = http.NewResponseController(c.w).Flush()
		c.hangUp(false)
		return
	}
	_, _ = c.w.Write(c.out)
}

var contentTypes = map[Service][]string{
	SQS: {"application/x-amz-json-1.0"}, SNS: {"text/xml"}, STS: {"text/xml"},
}

// hangUp closes the connection, by a reset if asked to.
func (c *call) hangUp(reset bool) {
	conn, _, err := http.NewResponseController(c.w).Hijack()
	if err != nil {
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// writeError appends an error in the shape of the service's protocol.
func (c *call) writeError(e *Error) {
	if c.service != SQS {
		c.out = append(c.out, "<ErrorResponse xmlns=\""...)
		c.out = append(c.out, namespaces[c.service]...)
		c.out = append(c.out, "\"><Error><Type>"...)
		c.out = append(c.out, e.fault()...)
		c.out = append(c.out, "</Type><Code>"...)
		c.out = appendXML(c.out, e.Code)
		c.out = append(c.out, "</Code><Message>"...)
		c.out = appendXML(c.out, e.Message)
		c.out = append(c.out, "</Message></Error><RequestId>"...)
		c.out = append(c.out, c.id[:]...)
		c.out = append(c.out, "</RequestId></ErrorResponse>"...)
		return
	}
	if c.r.Header.Get("X-Amzn-Query-Mode") == "true" {
		c.w.Header().Set("x-amzn-query-error", e.Code+";"+e.fault())
	}
	c.out = append(c.out, `{"__type":`...)
	c.out = appendJSON(c.out, e.jsonType())
	c.out = append(c.out, `,"message":`...)
	c.out = appendJSON(c.out, e.Message)
	c.out = append(c.out, '}')
}
