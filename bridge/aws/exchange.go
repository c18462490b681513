package awsapi

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// The requests that carry messages do not go through http.Transport: it passes each between three
// goroutines, which costs more than all that a batch needs otherwise. Here the goroutine that sends
// writes the request and reads its answer; parsing is net/http's.

const (
	// writeBuffer lets a usual request leave in one system call.
	writeBuffer = 16 << 10
	readBuffer  = 4 << 10
	// earlyAnswer is how long an answer is waited for when the service stopped reading.
	earlyAnswer = time.Second
)

// buffered is what a connection needs while a request is on it.
type buffered struct {
	r       *bufio.Reader
	w       *bufio.Writer
	limited io.LimitedReader
}

var bufferings = sync.Pool{New: func() any {
	return &buffered{r: bufio.NewReaderSize(nil, readBuffer), w: bufio.NewWriterSize(nil, writeBuffer)}
}}

var post = &http.Request{Method: http.MethodPost}

// exchange writes a signed request on a connection and reads the answer. reusable says that the
// connection is as before. An end of ctx breaks it off.
func exchange(ctx context.Context, c net.Conn, deadline time.Time, request *Buffer) (a *Answer, reusable bool, err error) {
	if err := c.SetDeadline(deadline); err != nil {
		return nil, false, err
	}
	stop := context.AfterFunc(ctx, func() { _ = c.SetDeadline(longAgo) })
	b := bufferings.Get().(*buffered)
	b.w.Reset(c)
	b.limited = io.LimitedReader{R: c, N: 2 * answerLimit}
	b.r.Reset(&b.limited)
	defer func() {
		b.w.Reset(nil)
		b.limited.R = nil
		bufferings.Put(b)
	}()
	written := writeRequest(b.w, request)
	if written != nil && ctx.Err() == nil && time.Now().Before(deadline) {
		_ = c.SetReadDeadline(earlier(deadline, time.Now().Add(earlyAnswer)))
	}
	a, reusable, err = readAnswer(b.r)
	if written != nil {
		reusable = false
		if err != nil {
			err = written
		}
	}
	// A deadline that is being set may hit whoever uses the connection next.
	return a, stop() && reusable && b.r.Buffered() == 0, err
}

func writeRequest(w *bufio.Writer, request *Buffer) error {
	// The writer keeps its first error for Flush.
	_, _ = w.Write(request.head)
	_, _ = w.Write(request.B)
	return w.Flush()
}

// readAnswer reads an answer to its end, so that the connection can be used again.
func readAnswer(r *bufio.Reader) (a *Answer, reusable bool, err error) {
	for {
		res, err := http.ReadResponse(r, post)
		if err != nil {
			if errors.Is(err, io.ErrUnexpectedEOF) {
				err = errClosed
			}
			return nil, false, err
		}
		if res.StatusCode/100 == 1 {
			continue // 100 Continue and the like come before the answer
		}
		a, err = newAnswer(res)
		return a, err == nil && !res.Close && ofService(a), err
	}
}

// ofService says whether an answer is the service's own, and so to this request. An error without a
// request id may be a load balancer's, and about the connection: the answer would come after it.
func ofService(a *Answer) bool { return a.OK() || a.Header.Get("X-Amzn-Requestid") != "" }

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
