<?php

// One request of a web application that sends one OTP, and says in JSON what that cost:   page.php?peer=&base_url=&ca_file=

declare(strict_types=1);

require __DIR__ . '/peers.php';

$cpu = cpuMicroseconds();
$start = hrtime(true);
$referenceId = sendOf($_GET['peer'], $_GET['base_url'], $_GET['ca_file'])();
$wall = hrtime(true) - $start;
$cpu = cpuMicroseconds() - $cpu;

header('Content-Type: application/json');
echo json_encode(['reference_id' => $referenceId, 'cpu_us' => $cpu, 'wall_us' => $wall / 1000]);
