<?php

// Sends with one peer, and says in JSON what it cost:   send.php PEER BASE_URL CA_FILE SENDS

declare(strict_types=1);

require __DIR__ . '/peers.php';

// These open the connection and fill the caches before the clock starts.
const WARM_UP = 10;

[, $name, $baseUrl, $caFile, $count] = $argv;
$sends = (int) $count;
$send = sendOf($name, $baseUrl, $caFile);
for ($i = 0; $i < WARM_UP; $i++) {
    $send();
}
$latencies = [];
$cpu = cpuMicroseconds();
$start = hrtime(true);
for ($i = 0; $i < $sends; $i++) {
    $before = hrtime(true);
    $send();
    $latencies[] = hrtime(true) - $before;
}
$wall = hrtime(true) - $start;
$cpu = cpuMicroseconds() - $cpu;
sort($latencies);
echo json_encode([
    'cpu_us' => round($cpu / $sends, 3),
    'wall_us' => round($wall / 1000 / $sends, 3),
    'p50_us' => $latencies[intdiv($sends, 2)] / 1000,
    'p99_us' => $latencies[intdiv($sends * 99, 100)] / 1000,
]), "\n";
