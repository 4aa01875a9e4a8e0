<?php

// What an application has Composer for:  phpunit --bootstrap bootstrap.php LoginTest.php

declare(strict_types=1);

require __DIR__ . '/../../bindings/php/autoload.php';
require __DIR__ . '/Login.php';
