// Milliseconds of one piece of work, measured inside: see bench/async/io.py.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

func main() {
	mode, target := os.Args[1], os.Args[2]
	count, _ := strconv.Atoi(os.Args[3])
	atOnce := count
	if mode == "fanout" {
		atOnce, _ = strconv.Atoi(os.Args[4])
	}
	if mode == "sequence" || mode == "files-in-sequence" {
		atOnce = 1
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: atOnce, MaxConnsPerHost: 0}}
	work := func(i int) {
		if mode == "files-at-once" || mode == "files-in-sequence" {
			if _, err := os.ReadFile(filepath.Join(target, "f"+strconv.Itoa(i))); err != nil {
				panic(err)
			}
			return
		}
		answer, err := client.Get(target)
		if err != nil {
			panic(err)
		}
		io.ReadAll(answer.Body)
		answer.Body.Close()
	}
	start := time.Now()
	jobs := make(chan int)
	var all sync.WaitGroup
	for w := 0; w < atOnce; w++ {
		all.Add(1)
		go func() {
			for i := range jobs {
				work(i)
			}
			all.Done()
		}()
	}
	for i := 0; i < count; i++ {
		jobs <- i
	}
	close(jobs)
	all.Wait()
	fmt.Println(float64(time.Since(start).Microseconds()) / 1000)
}
