#pragma once
// What `ruff run --stats` shows. Each isolate counts for itself; a program's numbers are the sums over its isolates.

#include <array>
#include <cstddef>
#include <cstdint>

namespace ruff::vm {

enum class RunCounter : std::uint8_t {
    ContainersCopied, CycleCollections, CyclesFreed,
    Fibers, Switches, Timers,
    FilesInPlace, FilesOnWorkers, FileBatches,
    Requests, Connections, Lookups,
    Tasks, Isolates,
    kCount,
};

class RunCounters {
public:
    [[nodiscard]] std::uint64_t& operator[](RunCounter counter) { return counts_[static_cast<std::size_t>(counter)]; }
    [[nodiscard]] std::uint64_t operator[](RunCounter counter) const { return counts_[static_cast<std::size_t>(counter)]; }

    RunCounters& operator+=(const RunCounters& other) {
        for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
        return *this;
    }
    /// What has been added since `before`.
    [[nodiscard]] RunCounters since(const RunCounters& before) const {
        RunCounters difference = *this;
        for (std::size_t i = 0; i < counts_.size(); ++i) difference.counts_[i] -= before.counts_[i];
        return difference;
    }

private:
    std::array<std::uint64_t, static_cast<std::size_t>(RunCounter::kCount)> counts_{};
};

}  // namespace ruff::vm
