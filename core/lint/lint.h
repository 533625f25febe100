#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "core/config/config.h"
#include "core/lint/rule.h"
#include "core/sema/facts.h"
#include "core/sema/semantic_model.h"

namespace ruff::lint {

/// The severity of each rule, none where it is off.
class Selection {
public:
    /// The rules that are on by default.
    Selection();

    [[nodiscard]] std::optional<Severity> severity(RuleId id) const { return levels_[static_cast<std::size_t>(id)]; }
    void set(RuleId id, std::optional<Severity> severity) { levels_[static_cast<std::size_t>(id)] = severity; }
    /// With its own severity, if it is off.
    void add(const Rule& rule);
    /// Only the rules that were added after this.
    void clear() { levels_.fill(std::nullopt); }
    /// What a `rufflang.toml` says; rules it names that do not exist are given back as diagnostics about that file.
    std::vector<Diagnostic> apply(const config::CheckConfig& config);

private:
    std::array<std::optional<Severity>, kRuleCount> levels_;
};

/// Everything that is wrong with a file, in order of position: what is refused before running, then the findings of the
/// rules that no suppression takes away. With errors of grammar nothing but those is reported. Reads only the model, the
/// models of its imports, and their `facts`.
[[nodiscard]] std::vector<Diagnostic> check_file(const sema::SemanticModel& model, const Selection& selection, sema::Facts& facts);
/// The same with facts of its own; thread-safe.
[[nodiscard]] std::vector<Diagnostic> check_file(const sema::SemanticModel& model, const Selection& selection = {});

/// The edits of the first fix of each diagnostic that is safe enough, in order of position; of fixes that overlap only
/// the first.
[[nodiscard]] std::vector<TextEdit> choose_edits(const std::vector<Diagnostic>& diagnostics, bool allows_unsafe);

}  // namespace ruff::lint
