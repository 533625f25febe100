// Measures `ruff check` without the disk: `ruff-bench-check [-n ROUNDS] [-j THREADS] [--rules] PATH...` reads all `.ruff` files below
// the paths, then prints megabytes a second of source on that many threads (2 without -j), as the best of the rounds, and what
// each stage takes on one thread, and with --rules what each rule takes.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <thread>
#include <vector>

#include "core/lint/lint.h"
#include "core/sema/facts.h"
#include "core/sema/module_graph.h"
#include "core/sema/resolver.h"
#include "core/syntax/parser.h"

using namespace ruff;

namespace {

namespace fs = std::filesystem;
using Sources = std::vector<std::shared_ptr<const SourceFile>>;

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void add_path(Sources& sources, const fs::path& path) {
    std::vector<fs::path> files{path};
    if (fs::is_directory(path)) {
        files.clear();
        for (const auto& entry : fs::recursive_directory_iterator(path)) {
            if (entry.path().extension() == ".ruff") files.push_back(entry.path());
        }
    }
    for (const fs::path& file : files) {
        if (auto source = load_source(file.native())) sources.push_back(*source);
    }
}

/// One round over all files; gives the number of findings, so that the work is not left out.
std::size_t check_all(const Sources& sources, int threads) {
    std::atomic<std::size_t> next{0}, findings{0};
    auto work = [&] {
        for (std::size_t i; (i = next.fetch_add(1)) < sources.size();) {
            const sema::ModuleGraph graph = sema::load_modules(sources[i]);
            findings += lint::check_file(*graph.modules[0]->model).size();
        }
    };
    std::vector<std::thread> workers;
    for (int i = 1; i < threads; ++i) workers.emplace_back(work);
    work();
    for (std::thread& worker : workers) worker.join();
    return findings;
}

/// What this thread has computed, so that other programs on the machine do not count.
double thread_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// Seconds of each stage, summed over the files, on one thread.
struct Stages {
    double parse = 0, resolve = 0, infer = 0, effects = 0, rules = 0;
};

Stages measure_stages(const Sources& sources) {
    Stages stages;
    double last = 0;
    auto lap = [&](double& stage) {
        const double now = thread_seconds();
        stage += now - last;
        last = now;
    };
    for (const auto& source : sources) {
        last = thread_seconds();
        auto tree = syntax::parse_file(source);
        lap(stages.parse);
        const auto model = sema::resolve(tree);
        lap(stages.resolve);
        sema::ProgramFacts facts;
        (void)facts.types_of(*model);
        lap(stages.infer);
        (void)facts.effects_of(*model);
        lap(stages.effects);
        (void)lint::check_file(*model, {}, facts);
        lap(stages.rules);
    }
    return stages;
}

/// What each rule takes by itself beside the types and effects it may ask for.
void measure_rules(const Sources& sources, double bytes) {
    std::vector<std::pair<double, std::string_view>> costs;
    for (const lint::Rule& rule : lint::all_rules()) {
        lint::Selection none, one;
        none.clear(), one.clear();
        one.add(rule);
        double cost = 0;
        for (const auto& source : sources) {
            const auto model = sema::resolve(syntax::parse_file(source));
            const double start = thread_seconds();
            (void)lint::check_file(*model, none);
            const double base = thread_seconds();
            (void)lint::check_file(*model, one);
            cost += thread_seconds() - base - (base - start);
        }
        costs.emplace_back(cost, rule.name);
    }
    std::sort(costs.rbegin(), costs.rend());
    for (const auto& [cost, name] : costs) std::printf("  %-30s %7.1f ns a byte\n", std::string(name).c_str(), cost / bytes * 1e9);
}

}  // namespace

int main(int count, char** words) {
    int rounds = 5, threads = 2;
    bool lists_rules = false;
    Sources sources;
    for (int i = 1; i < count; ++i) {
        if (std::strcmp(words[i], "-n") == 0 && i + 1 < count) rounds = std::max(1, std::atoi(words[++i]));
        else if (std::strcmp(words[i], "-j") == 0 && i + 1 < count) threads = std::max(1, std::atoi(words[++i]));
        else if (std::strcmp(words[i], "--rules") == 0) lists_rules = true;
        else add_path(sources, words[i]);
    }
    if (sources.empty()) {
        std::fputs("usage: ruff-bench-check [-n ROUNDS] [-j THREADS] [--rules] PATH...\n", stderr);
        return 2;
    }
    double bytes = 0;
    for (const auto& source : sources) bytes += static_cast<double>(source->text().size());
    double best = 1e9;
    std::size_t findings = 0;
    for (int round = 0; round < rounds; ++round) {
        const auto start = std::chrono::steady_clock::now();
        findings = check_all(sources, threads);
        best = std::min(best, seconds_since(start));
    }
    std::printf("%zu files, %.2f MB, %zu findings: %.1f MB/s on %d threads\n", sources.size(), bytes / 1e6, findings, bytes / 1e6 / best,
                threads);
    const Stages stages = measure_stages(sources);
    const auto share = [&](const char* name, double seconds) { std::printf("  %-8s %6.1f MB/s\n", name, bytes / 1e6 / seconds); };
    share("parse", stages.parse), share("resolve", stages.resolve), share("types", stages.infer);
    share("effects", stages.effects), share("rules", stages.rules);
    if (lists_rules) measure_rules(sources, bytes);
    return 0;
}
