// The same with goroutines: os.Args[1] of them.
package main
import ("fmt"; "os"; "runtime"; "strconv"; "sync")
func work(seed int64) int64 {
	x, sum := seed, int64(0)
	for i := 0; i < 1000000; i++ { x = (x*1103515245 + 12345) % 2147483648; sum += x % 7 }
	return sum
}
func main() {
	count, _ := strconv.Atoi(os.Args[1])
	runtime.GOMAXPROCS(count)
	seeds, total := make(chan int64, 64), make(chan int64, 64)
	var group sync.WaitGroup
	for i := 0; i < count; i++ {
		group.Add(1)
		go func() { defer group.Done(); for seed := range seeds { total <- work(seed) } }()
	}
	for i := int64(1); i <= 64; i++ { seeds <- i }
	close(seeds); group.Wait(); close(total)
	sum := int64(0)
	for each := range total { sum += each }
	fmt.Println(sum)
}
