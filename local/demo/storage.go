package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
)

func digest(file []byte) string {
	sum := sha256.Sum256(file)
	return hex.EncodeToString(sum[:])
}

// upload posts a file to the place that was given for it, as a browser's form
// does, and tells about it.
func (d *demo) upload(ctx context.Context, place api.DocumentPlace, name string, file []byte) error {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, field := range slices.Sorted(maps.Keys(place.Upload.Fields)) {
		if err := form.WriteField(field, place.Upload.Fields[field]); err != nil {
			return err
		}
	}
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		return err
	}
	if _, err := part.Write(file); err != nil {
		return err
	}
	if err := form.Close(); err != nil {
		return err
	}
	_, err = d.store(ctx, d.admin, "uploads the file to storage, with the form that the API signed", string(place.Upload.Method), place.Upload.URL, &body, form.FormDataContentType(), nil)
	return err
}

// download reads a file by the link that was given for it, and tells about it.
func (d *demo) download(ctx context.Context, who person, link api.DocumentLink, gist func([]byte) []string) ([]byte, error) {
	return d.store(ctx, who, "downloads it by that link", http.MethodGet, link.URL, nil, "", gist)
}

// store sends a signed request to storage, past the API.
func (d *demo) store(ctx context.Context, who person, doing, method, url string, content io.Reader, contentType string, gist func([]byte) []string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callDeadline)
	defer cancel()
	shown, _, _ := strings.Cut(url, "?") // what follows signs it
	start := time.Now()
	failed := func(seen string, cause error) error {
		return d.failure(doing, fmt.Sprintf("%s %s to succeed", method, shown), seen, cause, d.lookAt("/verification/documents")...)
	}
	req, err := http.NewRequestWithContext(ctx, method, url, content)
	if err != nil {
		return nil, failed(err.Error(), err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, failed(err.Error(), err)
	}
	answer, err := io.ReadAll(res.Body)
	_ = res.Body.Close() // all of it has been read
	switch {
	case err != nil:
		return nil, failed(err.Error(), err)
	case res.StatusCode >= http.StatusMultipleChoices:
		return nil, failed(fmt.Sprintf("%d %s", res.StatusCode, cut(string(answer), 400)), nil)
	}
	var lines []string
	if gist != nil {
		lines = gist(answer)
	}
	d.print.Act(who, doing, method, shown, res.StatusCode, time.Since(start), lines...)
	return answer, nil
}
