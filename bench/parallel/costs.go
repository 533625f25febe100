package main
import ("fmt"; "os"; "time")
type record struct { id int; name string; tags []string }
func show(count int, start time.Time) { fmt.Printf("%.2f\n", float64(time.Since(start).Nanoseconds())/1000/float64(count)) }
func stream[T any](count int, value T, copied func(T) T) {
	c, done := make(chan T, 100), make(chan int)
	go func() { n := 0; for range c { n++ }; done <- n }()
	start := time.Now()
	for i := 0; i < count; i++ { c <- copied(value) }
	close(c); <-done
	show(count, start)
}
func main() {
	switch os.Args[1] {
	case "spawn":
		start := time.Now()
		for i := 0; i < 2000; i++ { c := make(chan int); go func() { c <- i }(); <-c }
		show(2000, start)
	case "many":
		start := time.Now()
		var handles []chan int
		for i := 0; i < 100000; i++ { c := make(chan int, 1); go func() { c <- i }(); handles = append(handles, c) }
		sum := 0
		for _, c := range handles { sum += <-c }
		show(100000, start)
	case "small": stream(100000, 7, func(v int) int { return v })
	case "record": stream(50000, record{7, "somebody", []string{"a", "b"}}, func(v record) record { v.tags = append([]string{}, v.tags...); return v })
	case "large":
		value := make([]int, 100000)
		stream(500, value, func(v []int) []int { return append([]int{}, v...) })
	case "pingpong":
		there, back := make(chan int), make(chan int)
		go func() { for v := range there { back <- v } }()
		start := time.Now()
		for i := 0; i < 10000; i++ { there <- i; <-back }
		show(10000, start)
	}
}
