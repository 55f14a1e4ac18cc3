package feed

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"

	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html/charset"

	"github.com/tocsin/tocsin"
)

const (
	// maxDepth is how deep elements may stand in each other. The parser goes down by
	// calling itself, and must not be led below.
	maxDepth = 100
	// maxEntries is how many entries of one answer are taken, from its beginning, where
	// the newest stand.
	maxEntries = 20_000
)

// read parses what a publisher answered. It has been bounded in size; here it is
// bounded in depth. Entities that a document declares are not expanded. The error
// can be tried again: the next answer may be whole.
func read(body []byte) (*gofeed.Feed, error) {
	if err := shallow(body); err != nil {
		return nil, unreadable(err)
	}
	parsed, err := gofeed.NewParser().Parse(bytes.NewReader(body))
	switch {
	case errors.Is(err, gofeed.ErrFeedTypeNotDetected):
		return nil, unreadable(errors.New("it is neither Atom nor RSS nor a JSON feed"))
	case err != nil:
		return nil, unreadable(err)
	}
	return parsed, nil
}

func unreadable(why error) error {
	return &tocsin.Error{
		Code: tocsin.CodeUnavailable, Retryable: true, Cause: why,
		Message: "What the address gives can't be read as a feed. Look at it in a browser, and check it with a feed validator.",
	}
}

// shallow goes once through a document's elements, as the parser will see them.
func shallow(body []byte) error {
	if start := bytes.TrimLeft(body, " \r\n\t\xef\xbb\xbf"); len(start) > 0 && start[0] == '{' {
		return nil // encoding/json bounds the depth by itself
	}
	d := xml.NewDecoder(bytes.NewReader(body))
	d.Strict = false
	d.CharsetReader = charset.NewReaderLabel
	depth := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch token.(type) {
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return fmt.Errorf("elements stand more than %d deep in each other", maxDepth)
			}
		case xml.EndElement:
			depth--
		}
	}
}
