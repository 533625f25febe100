#include "core/lint/suppressions.h"

#include <algorithm>

namespace ruff::lint {
namespace {

constexpr std::string_view kBlanks = " \t";

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

/// One rule that one comment allows.
struct Suppression {
    const Rule* rule = nullptr;  // null: there is no such rule
    std::string_view name;
    Span span;
    std::uint32_t line = 0;
    bool holds_for_file = false;
    bool is_malformed = false;
    bool is_used = false;

    [[nodiscard]] bool covers(std::uint32_t finding_line) const { return holds_for_file || line == finding_line; }
};

/// The line a comment speaks of: its own, or that of the code below when it has a line to itself.
std::uint32_t line_of(const syntax::SyntaxTree& tree, const syntax::Comment& comment) {
    const std::uint32_t at = comment.starts_line ? tree.tokens[comment.next_token].begin : comment.span.begin;
    return tree.source->lines().line_of(at);
}

void read_names(std::string_view names, const Suppression& shared, const char* source, std::vector<Suppression>& into) {
    while (!names.empty()) {
        const std::size_t comma = names.find(',');
        Suppression each = shared;
        each.name = trimmed(names.substr(0, comma));
        each.rule = find_rule(each.name);
        const auto begin = static_cast<std::uint32_t>(each.name.data() - source);
        if (!each.name.empty()) {
            each.span = {begin, begin + static_cast<std::uint32_t>(each.name.size())};
            into.push_back(each);
        }
        names = comma == std::string_view::npos ? std::string_view{} : names.substr(comma + 1);
    }
}

std::vector<Suppression> read_suppressions(const syntax::SyntaxTree& tree) {
    std::vector<Suppression> suppressions;
    for (const syntax::Comment& comment : tree.comments) {
        std::string_view text = tree.text(comment.span);
        if (comment.kind == syntax::CommentKind::Block || comment.kind == syntax::CommentKind::Shebang) continue;
        text = trimmed(text.substr(std::min(text.find_first_not_of("#/"), text.size())));
        if (!text.starts_with("ruff:")) continue;
        text = trimmed(text.substr(5));
        if (!text.starts_with("allow") || text == "allow") continue;
        Suppression shared;
        shared.holds_for_file = text.starts_with("allow-file(");
        shared.line = line_of(tree, comment);
        const std::size_t open = text.find('(');
        const std::size_t close = text.find(')', std::min(open, text.size()));
        if ((shared.holds_for_file || text.starts_with("allow(")) && close != std::string_view::npos) {
            read_names(text.substr(open + 1, close - open - 1), shared, tree.text().data(), suppressions);
        } else {
            shared.is_malformed = true;
            shared.span = comment.span;
            suppressions.push_back(shared);
        }
    }
    return suppressions;
}

}  // namespace

void apply_suppressions(const syntax::SyntaxTree& tree, const std::array<bool, kRuleCount>& is_enabled,
                        std::vector<Diagnostic>& findings, Context& context) {
    std::vector<Suppression> suppressions = read_suppressions(tree);
    if (suppressions.empty()) return;
    std::erase_if(findings, [&](const Diagnostic& finding) {
        const std::uint32_t line = tree.source->lines().line_of(finding.span.begin);
        bool is_allowed = false;
        for (Suppression& each : suppressions) {
            if (each.rule == nullptr || each.name != finding.code || !each.covers(line)) continue;
            is_allowed = each.is_used = true;
        }
        return is_allowed;
    });
    if (!is_enabled[static_cast<std::size_t>(RuleId::unused_suppression)]) return;
    for (const Suppression& each : suppressions) {
        if (each.is_malformed) {
            context.report(each.span, "this comment suppresses nothing: expected `# ruff: allow(RULE) reason` or `# ruff: allow-file(RULE) reason`");
        } else if (each.rule == nullptr) {
            context.report(each.span, describe_unknown_rule(each.name));
        } else if (!each.is_used && is_enabled[static_cast<std::size_t>(each.rule->id)]) {
            context.report(each.span, "`" + std::string(each.name) + "` finds nothing here").help =
                "take the name out of the comment";
        }
    }
}

}  // namespace ruff::lint
