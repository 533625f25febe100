// Any program that is not refused runs to an end: a result, an error, or the stop after kMilliseconds of CPU. Nothing of the
// world is reached: the gate denies every capability, time is virtual, the heap is small, what is printed is dropped.
//
// Bytes seldom make a program, so most mutations move tokens about instead: what programs are made of stays what it is.

#include <fcntl.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "core/builtins/registry.h"
#include "core/engine/engine.h"
#include "core/syntax/lexer.h"
#include "core/vm/machine.h"
#include "core/vm/vm.h"
#include "tests/support/generator/program_generator.h"

using namespace ruff;

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

constexpr int kMilliseconds = 150;
constexpr std::uint64_t kHeapLimit = 48ull << 20;

std::atomic<vm::Vm*> g_running{nullptr};

/// The first signal cancels the program, the second one ends it.
void on_timer(int) {
    if (vm::Vm* vm = g_running.load()) vm->request_interrupt(vm::kInterruptSignal);
}

bool deny(Capability, std::string_view) { return false; }

void render_and_drop(vm::Vm& vm, const vm::Value& error, std::string_view headline) {
    if (engine::render_error(vm, error, headline, false).empty()) std::abort();
}

void set_timer(int milliseconds) {
    const timeval interval{milliseconds / 1000, milliseconds % 1000 * 1000};
    const itimerval timer{interval, interval};
    setitimer(ITIMER_VIRTUAL, &timer, nullptr);
}

void run(std::shared_ptr<vm::Image> image) {
    vm::VmOptions options;
    options.virtual_clock = true;
    options.max_frames = 20'000;
    options.gate = deny;
    static const vm::NativeTable natives = [] {
        vm::NativeTable table = builtins::native_table();
        table.spawn = nullptr;   // no threads: a run ends before the next begins
        return table;
    }();
    vm::Vm vm(std::move(image), natives, std::move(options));
    vm.heap.set_limit(kHeapLimit);
    vm.reporter = render_and_drop;
    g_running = &vm;
    set_timer(kMilliseconds);
    const int code = vm.run_main();
    set_timer(0);
    g_running = nullptr;
    if (code < 0 || code > 255) std::abort();
}

// --- mutations -----------------------------------------------------------------------------------------------------

constexpr const char* kPieces[] = {
    "try", "except e", "finally", "throw", "{", "}", "(", ")", "[", "]", "yield", "await", "async", "func*", "spawn", "|x|", "||",
    "...", "?.", "?", "??", "|>", ":=", "+=", "mut self", "self", "null", "0", "-1", "1.5", "9223372036854775807", "\"\"", "\"é\"",
    "[1, 2, 3]", "{a: 1}", "set([1, 2])", "0..5", "for x in", "while", "match", "case", "default:", "break", "continue", "return",
    "Some(1)", "None", "Err(\"e\")", ".push(1)", ".map(|x| x)", ".pop()", ".remove(0)", ".sort()", "promise_all", "async_sleep(1)",
    ".next()", "to_string", "op_eq", "op_lt", "iter", ".update({})", ".insert(0, 1)", "exit(1)", "print", "\n", ";", ", ", ": ",
};

/// The texts of the tokens of `text`, each with the blanks and comments in front of it.
std::vector<std::string> pieces_of(const std::string& text) {
    syntax::Report report;
    std::vector<std::string> pieces;
    std::size_t from = 0;
    for (const syntax::Token& token : syntax::lex(text, report).tokens) {
        if (token.end <= from) continue;
        pieces.push_back(text.substr(from, token.end - from));
        from = token.end;
    }
    return pieces;
}

void move_tokens(std::vector<std::string>& pieces, std::minstd_rand& random) {
    const auto below = [&](std::size_t end) { return end == 0 ? 0 : random() % end; };
    const std::size_t at = below(pieces.size() + 1);
    const std::size_t from = below(pieces.size());
    const std::size_t count = std::min<std::size_t>(1 + below(12), pieces.size() - from);
    const std::vector<std::string> taken(pieces.begin() + from, pieces.begin() + from + count);
    switch (below(4)) {
        case 0: pieces.insert(pieces.begin() + at, " " + std::string(kPieces[below(std::size(kPieces))]) + " "); return;
        case 1: pieces.erase(pieces.begin() + from, pieces.begin() + from + count); return;
        case 2: pieces.insert(pieces.begin() + at, taken.begin(), taken.end()); return;
        default: if (!pieces.empty()) pieces[from] = " " + std::string(kPieces[below(std::size(kPieces))]); return;
    }
}

std::size_t give(const std::string& text, std::uint8_t* data, std::size_t max_size) {
    const std::size_t size = std::min(text.size(), max_size);
    std::memcpy(data, text.data(), size);
    return size;
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned seed) {
    std::minstd_rand random(seed);
    const unsigned choice = random() % 32;
    if (choice < 4) return LLVMFuzzerMutate(data, size, max_size);
    if (choice == 4) {
        tests::GeneratorOptions options;
        options.seed = seed;
        return give(tests::generate_runnable_program(options), data, max_size);
    }
    std::vector<std::string> pieces = pieces_of(std::string(reinterpret_cast<char*>(data), size));
    for (unsigned times = 1 + random() % 3; times > 0; --times) move_tokens(pieces, random);
    std::string text;
    for (const std::string& piece : pieces) text += piece;
    return give(text, data, max_size);
}

// The immortal objects of a program end with the slabs of its heap, and under ASan there are none: each would count as a leak.
extern "C" const char* __asan_default_options() { return "detect_leaks=0:quarantine_size_mb=32"; }

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    std::signal(SIGVTALRM, on_timer);
    const int nowhere = open("/dev/null", O_RDWR);
    dup2(nowhere, STDIN_FILENO);
    dup2(nowhere, STDOUT_FILENO);
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    engine::LoadResult loaded = engine::load_program(make_source("/nowhere/main.ruff", text));
    if (loaded.image != nullptr) run(std::move(loaded.image));
    return 0;
}
