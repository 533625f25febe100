#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/vm/output.h"
#include "tests/support/catch.h"

using ruff::vm::Output;

namespace {

/// Runs `body` in a process of its own with standard output on `descriptor`; gives its exit status as from waitpid.
template <typename Body>
int run_apart(int descriptor, Body body) {
    std::fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        dup2(descriptor, STDOUT_FILENO);
        _exit(body());
    }
    int status = 0;
    waitpid(child, &status, 0);
    return status;
}

std::string read_whole(int descriptor) {
    std::string all;
    char buffer[4096];
    lseek(descriptor, 0, SEEK_SET);
    for (ssize_t n; (n = read(descriptor, buffer, sizeof buffer)) > 0;) all.append(buffer, static_cast<std::size_t>(n));
    return all;
}

int temporary_file() {
    char path[] = "/tmp/ruff-output-XXXXXX";
    const int descriptor = mkstemp(path);
    unlink(path);
    return descriptor;
}

}  // namespace

TEST_CASE("lines of threads never mix", "[vm][output]") {
    const int file = temporary_file();
    const int status = run_apart(file, [] {
        std::vector<std::thread> threads;
        for (char name = 'a'; name < 'e'; ++name) {
            threads.emplace_back([name] {
                for (int i = 0; i < 3000; ++i) Output::write(std::string(static_cast<std::size_t>(1 + i % 150), name) + "\n");
            });
        }
        for (std::thread& thread : threads) thread.join();
        return Output::flush() ? 0 : 1;
    });
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
    const std::string all = read_whole(file);
    std::size_t lines = 0, mixed = 0;
    for (std::size_t begin = 0; begin < all.size(); ++lines) {
        const std::size_t end = all.find('\n', begin);
        for (std::size_t i = begin; i < end; ++i) mixed += all[i] != all[begin];
        begin = end + 1;
    }
    CHECK(lines == 12'000);
    CHECK(mixed == 0);
    close(file);
}

TEST_CASE("pieces of every size come out in order", "[vm][output]") {
    const int file = temporary_file();
    std::string expected;
    for (const std::size_t size : {1u, 65'535u, 1u, 65'536u, 3u, 65'537u, 500'000u, 7u}) expected += std::string(size, static_cast<char>('a' + size % 26));
    run_apart(file, [] {
        for (const std::size_t size : {1u, 65'535u, 1u, 65'536u, 3u, 65'537u, 500'000u, 7u}) {
            Output::write(std::string(size, static_cast<char>('a' + size % 26)));
        }
        Output::flush();
        return 0;
    });
    CHECK(read_whole(file) == expected);
    close(file);
}

TEST_CASE("standard error comes after what was printed before", "[vm][output]") {
    const int file = temporary_file();
    run_apart(file, [file] {
        dup2(file, STDERR_FILENO);
        Output::write("first\n");
        Output::write_error("second\n");
        Output::write("third\n");
        Output::flush();
        return 0;
    });
    CHECK(read_whole(file) == "first\nsecond\nthird\n");
    close(file);
}

TEST_CASE("a full disk is a failure with a reason, a closed pipe ends quietly", "[vm][output]") {
    const int full = open("/dev/full", O_WRONLY);
    REQUIRE(full >= 0);
    const int status = run_apart(full, [] {
        if (!Output::write("text\n")) return 1;
        if (Output::flush()) return 2;
        return Output::failure().find("space") != std::string::npos ? 0 : 3;
    });
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
    close(full);

    int ends[2];
    REQUIRE(pipe(ends) == 0);
    close(ends[0]);
    const int broken = run_apart(ends[1], [] {
        Output::write("nobody reads this\n");
        Output::flush();
        return 0;
    });
    REQUIRE(WIFSIGNALED(broken));
    CHECK(WTERMSIG(broken) == SIGPIPE);
    close(ends[1]);
}
