// The call hierarchy: functions and methods, who calls them and whom they call. Where a name is handed on without being
// called nothing is known, and nothing is said.

#include <algorithm>

#include "core/syntax/walk.h"
#include "lsp/analysis/receivers.h"
#include "lsp/features/describe.h"
#include "lsp/features/occurrences.h"
#include "lsp/features/request.h"

namespace ruff::lsp {

using namespace ruff::syntax;

namespace {

constexpr int kMethodSymbol = 6, kFunctionSymbol = 12, kFileSymbol = 1;

bool is_callable(const Entity& entity) {
    return entity.file != nullptr && (entity.kind == EntityKind::Function || entity.kind == EntityKind::Method);
}

Json item_json(const Snapshot& snapshot, const Entity& entity) {
    const Analysis& file = *entity.file;
    return make_object("name", entity.name(), "kind", entity.kind == EntityKind::Method ? kMethodSymbol : kFunctionSymbol, "detail",
                       declaration_text(entity), "uri", file.text->uri, "range",
                       snapshot.range(file.source(), file.tree->span(*entity.declaration)), "selectionRange",
                       snapshot.range(file.source(), name_span(entity)), "data", make_object("path", file.path(), "token", entity.token));
}

/// The top level of a file, which calls too.
Json file_item_json(const Snapshot& snapshot, const Analysis& file) {
    const Json begin = snapshot.range(file.source(), {0, 0});
    return make_object("name", file.path().substr(file.path().rfind('/') + 1), "kind", kFileSymbol, "uri", file.text->uri, "range",
                       snapshot.range(file.source(), {0, static_cast<std::uint32_t>(file.source().text().size())}), "selectionRange", begin,
                       "data", make_object("path", file.path()));
}

/// The function that an item stands for; `file` holds it.
Entity entity_of_item(const Request& request, std::shared_ptr<const Analysis>& file) {
    const Json& data = request.params["item"]["data"];
    file = request.snapshot.analysis(data["path"].text());
    if (file == nullptr || !data.has("token")) return {};
    const auto found = file->mentions().at_token(static_cast<std::uint32_t>(data["token"].integer().value_or(kNoToken)));
    return found.empty() || !is_callable(found[0].entity) ? Entity{} : found[0].entity;
}

/// The declared function around a node, or nothing at the top level.
Entity function_around(const Analysis& file, std::uint32_t token) {
    const std::vector<const Node*> path = file.path_to(file.tree->tokens[token].begin);
    for (auto node = path.rbegin(); node != path.rend(); ++node) {
        const auto* function = (*node)->as<FuncDecl>();
        if (function == nullptr || function->name.is_missing() || function->name.token == token) continue;
        const auto found = file.mentions().at_token(function->name.token);
        if (!found.empty()) return found[0].entity;
    }
    return {};
}

struct Calls {
    Json item;
    std::string key;
    Json ranges{Json::Array{}};
};

void add_call(std::vector<Calls>& calls, const std::string& key, Json item, Json range) {
    auto at = std::find_if(calls.begin(), calls.end(), [&](const Calls& each) { return each.key == key; });
    if (at == calls.end()) at = calls.insert(calls.end(), Calls{std::move(item), key});
    at->ranges.push(std::move(range));
}

Json calls_json(std::vector<Calls>& calls, std::string_view direction) {
    Json list{Json::Array{}};
    for (Calls& each : calls) list.push(make_object(direction, std::move(each.item), "fromRanges", std::move(each.ranges)));
    return list;
}

std::string key_of(const Entity& entity) { return entity.file->path() + ":" + std::to_string(entity.token); }

}  // namespace

Answer prepare_call_hierarchy(const Request& request) {
    const Mention* mention = request.file->mentions().at_offset(*request.file, request.offset());
    if (mention == nullptr || !is_callable(mention->entity)) return Json();
    Json list;
    list.push(item_json(request.snapshot, mention->entity));
    return list;
}

Answer incoming_calls(const Request& request) {
    std::shared_ptr<const Analysis> file;
    const Entity entity = entity_of_item(request, file);
    if (!entity) return Json::Array{};
    std::vector<Calls> calls;
    each_occurrence(request.snapshot, *file, entity, request.stop, [&](const Analysis& found, const Mention& mention) {
        if (mention.access != sema::Access::Call) return;
        const Entity caller = function_around(found, mention.token);
        Json item = caller ? item_json(request.snapshot, caller) : file_item_json(request.snapshot, found);
        add_call(calls, caller ? key_of(caller) : found.path(), std::move(item),
                 request.snapshot.range(found.source(), found.tree->tokens[mention.token].span()));
    });
    return calls_json(calls, "from");
}

Answer outgoing_calls(const Request& request) {
    std::shared_ptr<const Analysis> file;
    const Entity entity = entity_of_item(request, file);
    const Json& data = request.params["item"]["data"];
    if (file == nullptr || (!entity && data.has("token"))) return Json::Array{};
    std::vector<Calls> calls;
    for (const Mention& mention : file->mentions().all()) {
        if (request.stop.is_stopped()) break;
        if (mention.access != sema::Access::Call || !is_callable(mention.entity)) continue;
        const Entity caller = function_around(*file, mention.token);
        if (entity ? !is_same(caller, entity) : static_cast<bool>(caller)) continue;
        add_call(calls, key_of(mention.entity), item_json(request.snapshot, mention.entity),
                 request.snapshot.range(file->source(), file->tree->tokens[mention.token].span()));
    }
    return calls_json(calls, "to");
}

}  // namespace ruff::lsp
