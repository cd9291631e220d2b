#!/usr/bin/env dag
fn f() {}
