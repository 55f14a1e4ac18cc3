package feed

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"

	"github.com/tocsin/tocsin"
)

const (
	idPart   = 9 // bytes of a hash that stand for an entry
	textPart = 6 // bytes of a hash that stand for its text
)

// cursor is what a publisher said the last time.
type cursor struct {
	ETag     string `json:"etag,omitempty"`
	Modified string `json:"modified,omitempty"`
	// Seen holds, for each entry, a hash of its id and of its text: by them it is
	// known what is new and what was changed.
	Seen string `json:"seen"`
}

type (
	idHash   [idPart]byte
	textHash [textPart]byte
)

func readCursor(text string) (c cursor, seen map[idHash]textHash, err error) {
	if text == "" {
		return c, nil, nil
	}
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return c, nil, tocsin.Wrap(tocsin.CodeInternal, err, "read the cursor")
	}
	raw, err := base64.RawStdEncoding.DecodeString(c.Seen)
	if err != nil || len(raw)%(idPart+textPart) != 0 {
		return c, nil, tocsin.Wrap(tocsin.CodeInternal, err, "read the entries in the cursor")
	}
	seen = make(map[idHash]textHash, len(raw)/(idPart+textPart))
	for ; len(raw) > 0; raw = raw[idPart+textPart:] {
		seen[idHash(raw[:idPart])] = textHash(raw[idPart : idPart+textPart])
	}
	return c, seen, nil
}

// note adds an entry to what was seen.
type notes []byte

func (n *notes) add(id idHash, text textHash) { *n = append(append(*n, id[:]...), text[:]...) }

func (c cursor) String() string {
	text, _ := json.Marshal(c) // strings always marshal
	return string(text)
}

func hash(parts ...string) (sum [sha256.Size]byte) {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	h.Sum(sum[:0])
	return sum
}
