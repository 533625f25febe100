<?php
$N = 20000; $s = "";
for ($i = 0; $i < $N; $i++) { $s = $s . "abcdefgh"; }
echo strlen($s), "\n";
