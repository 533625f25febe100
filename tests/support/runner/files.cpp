#include "tests/support/runner/files.h"

#include <stdlib.h>

#include <algorithm>
#include <cstdio>

namespace ruff::tests {

namespace fs = std::filesystem;

std::optional<std::string> read_file(const fs::path& path) {
    std::FILE* file = std::fopen(path.c_str(), "rb");
    if (!file) return std::nullopt;
    std::string content;
    char buffer[65536];
    while (std::size_t count = std::fread(buffer, 1, sizeof buffer, file)) content.append(buffer, count);
    bool is_complete = !std::ferror(file);
    std::fclose(file);
    return is_complete ? std::optional(std::move(content)) : std::nullopt;
}

bool write_file(const fs::path& path, std::string_view content) {
    std::error_code ignored;
    fs::create_directories(path.parent_path(), ignored);
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (!file) return false;
    bool is_written = std::fwrite(content.data(), 1, content.size(), file) == content.size();
    return std::fclose(file) == 0 && is_written;
}

std::vector<fs::path> find_files(const fs::path& folder, std::string_view extension) {
    std::vector<fs::path> found;
    std::error_code error;
    for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        if (entry->is_regular_file(error) && entry->path().extension() == extension) found.push_back(entry->path());
    }
    std::ranges::sort(found);
    return found;
}

std::vector<std::string_view> split_lines(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        lines.push_back(line);
        if (end == std::string_view::npos) break;
        text.remove_prefix(end + 1);
    }
    return lines;
}

TemporaryFolder::TemporaryFolder() {
    const char* base = std::getenv("TMPDIR");
    std::string name = std::string(base && *base ? base : "/tmp") + "/ruff-test-XXXXXX";
    if (!mkdtemp(name.data())) {
        std::perror("ruff-tests: cannot make a temporary folder");
        std::exit(1);
    }
    path_ = fs::canonical(name);
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

}  // namespace ruff::tests
