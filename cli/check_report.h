#pragma once
// What `ruff check` has found, in each of its output formats.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "core/lint/lint.h"
#include "core/support/diagnostic.h"
#include "core/support/source_file.h"
#include "formatter/document.h"

namespace ruff::cli {

/// One file, and all that is known about it afterwards.
struct CheckedFile {
    std::string path;
    const lint::Selection* selection = nullptr;
    formatter::LayoutOptions layout;
    std::shared_ptr<const SourceFile> source;
    std::vector<Diagnostic> diagnostics;
    std::size_t fixed_count = 0;
    std::string failure;  // it could not be read or written
    int failure_code = kExitNotFound;
};

/// `format` is one of full, concise, json, jsonl, github, sarif (2.1.0) and junit.
[[nodiscard]] std::string report_findings(std::string_view format, const std::vector<CheckedFile>& files);

}  // namespace ruff::cli
