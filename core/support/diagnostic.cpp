#include "core/support/diagnostic.h"

namespace ruff {

std::string_view severity_name(Severity severity) {
    switch (severity) {
        case Severity::Error: return "error";
        case Severity::Warning: return "warning";
        case Severity::Information: return "info";
        case Severity::Hint: return "hint";
    }
    return "error";
}

std::string apply_edits(std::string_view text, const std::vector<TextEdit>& edits) {
    std::string result;
    std::uint32_t copied = 0;
    for (const TextEdit& edit : edits) {
        result.append(text.substr(copied, edit.span.begin - copied));
        result.append(edit.text);
        copied = edit.span.end;
    }
    result.append(text.substr(copied));
    return result;
}

}  // namespace ruff
