// Command tessera appends the entries of a file to a new POSIX log of Tessera and prints the seconds it took,
// from the first entry handed over to a published checkpoint that covers the last one.
//
// The file holds each entry after its length, two bytes big-endian.
package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"strconv"
	"time"

	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
)

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: tessera ENTRIES FOLDER BATCH")
	}
	entries := readEntries(os.Args[1])
	batch, err := strconv.Atoi(os.Args[3])
	check(err)
	secret, _, err := note.GenerateKey(rand.Reader, "example.org/log")
	check(err)
	signer, err := note.NewSigner(secret)
	check(err)
	ctx := context.Background()
	driver, err := posix.New(ctx, posix.Config{Path: os.Args[2]})
	check(err)
	options := tessera.NewAppendOptions().
		WithCheckpointSigner(signer).
		WithBatching(uint(batch), time.Second).
		WithCheckpointInterval(100 * time.Millisecond)
	appender, shutdown, reader, err := tessera.NewAppender(ctx, driver, options)
	check(err)
	await := tessera.NewPublicationAwaiter(ctx, reader.ReadCheckpoint, 5*time.Millisecond)
	start := time.Now()
	futures := make([]tessera.IndexFuture, len(entries))
	for i, entry := range entries {
		futures[i] = appender.Add(ctx, tessera.NewEntry(entry))
	}
	var last tessera.IndexFuture
	var most uint64
	for _, future := range futures {
		index, err := future()
		check(err)
		if index.Index >= most {
			most, last = index.Index, future
		}
	}
	_, _, err = await.Await(ctx, last)
	check(err)
	fmt.Println(time.Since(start).Seconds())
	check(shutdown(ctx))
}

func readEntries(path string) [][]byte {
	data, err := os.ReadFile(path)
	check(err)
	var entries [][]byte
	for len(data) > 0 {
		end := 2 + int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:end])
		data = data[end:]
	}
	return entries
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
