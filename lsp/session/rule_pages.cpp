#include "lsp/session/rule_pages.h"

#include <filesystem>

#include "core/lint/rule.h"
#include "lsp/protocol/uri.h"

namespace ruff::lsp {

namespace fs = std::filesystem;

std::string find_rule_pages() {
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    if (error) return {};
    const fs::path bin = program.parent_path();
    for (const char* place : {"../share/ruff/rules", "../../../docs/rules"}) {
        const fs::path folder = (bin / place).lexically_normal();
        if (fs::is_directory(folder, error)) return folder.string();
    }
    return {};
}

std::string rule_page_uri(const std::string& folder, std::string_view rule) {
    if (folder.empty() || lint::find_rule(rule) == nullptr) return {};
    return uri_of_path(folder + "/" + std::string(rule) + ".md");
}

}  // namespace ruff::lsp
