<?php

// The application's, for its tests.

declare(strict_types=1);

require __DIR__ . '/vendor/autoload.php';
require __DIR__ . '/Login.php';
