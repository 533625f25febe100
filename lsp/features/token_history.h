#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace ruff::lsp {

/// The semantic tokens last sent for each document, so that the next answer can be a difference. Thread-safe.
class TokenHistory {
public:
    struct Entry {
        std::string id;
        std::vector<std::uint32_t> data;
    };
    /// Remembers them under a new id, which is given back.
    std::string remember(const std::string& uri, std::vector<std::uint32_t> data) {
        const std::lock_guard lock(mutex_);
        Entry& entry = entries_[uri];
        entry.id = std::to_string(++last_id_);
        entry.data = std::move(data);
        return entry.id;
    }
    /// Empty with another id than the one asked for.
    [[nodiscard]] Entry find(const std::string& uri, std::string_view id) const {
        const std::lock_guard lock(mutex_);
        const auto found = entries_.find(uri);
        return found != entries_.end() && found->second.id == id ? found->second : Entry{};
    }
    void forget(const std::string& uri) {
        const std::lock_guard lock(mutex_);
        entries_.erase(uri);
    }

private:
    mutable std::mutex mutex_;
    std::uint64_t last_id_ = 0;
    std::unordered_map<std::string, Entry> entries_;
};

}  // namespace ruff::lsp
