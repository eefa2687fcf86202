//! Names that match no breaker.

use fusebox::{Registry, config::Overrides};

use super::{apply, breaker};

fn warnings(file: &str, names: &[&str]) -> Vec<String> {
    let overrides = Overrides::from_toml(file).expect("a correct file");
    let warnings = overrides.check(names.iter().copied());
    warnings.iter().map(ToString::to_string).collect()
}

#[test]
fn a_name_that_matches_no_breaker_is_a_warning_with_a_suggestion() {
    let file = "[breaker.paymnets]\n[breaker.orders]\n[breaker.'inventory*']\n[breaker.'stock*']\n[breaker.elsewhere]";
    assert_eq!(
        warnings(file, &["payments", "orders", "stock-eu"]),
        [
            "fusebox.toml:1:10: no circuit breaker is named `paymnets`; did you mean `payments`?",
            "fusebox.toml:3:10: the pattern `inventory*` matches no circuit breaker",
            "fusebox.toml:5:10: no circuit breaker is named `elsewhere`",
        ]
    );
}

#[test]
fn the_group_of_a_key_is_a_known_name() {
    assert_eq!(warnings("[breaker.inventory]", &["inventory[eu-1]"]), [""; 0]);
    assert_eq!(
        warnings("[breaker.'inventory[eu-1]']", &["inventory[eu-1]"]),
        [""; 0]
    );
}

#[cfg_attr(
    not(feature = "catalog"),
    ignore = "the function is not called when the file is checked"
)]
#[test]
fn a_file_is_checked_against_breakers_and_declared_functions() {
    let registry = Registry::new();
    breaker(&registry, "check-built");
    let file = "[breaker.check-built]\n[breaker.configuration-sources]\n[breaker.check-biult]";
    let applied = apply(&registry, file);
    let warnings: Vec<_> = applied.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        ["fusebox.toml:3:10: no circuit breaker is named `check-biult`; did you mean `check-built`?"]
    );
}

#[test]
fn a_variable_that_matches_no_breaker_is_a_warning() {
    let overrides = Overrides::from_vars([("FUSEBOX__PAYMNETS__COOLDOWN", "5s")]).expect("correct");
    let warnings = overrides.check(["orders", "payments"]);
    assert_eq!(
        warnings[0].to_string(),
        "FUSEBOX__PAYMNETS__COOLDOWN: no circuit breaker is named `PAYMNETS`; did you mean `PAYMENTS`?"
    );
}

#[test]
fn a_variable_of_a_key_is_not_a_warning() {
    let variables = [
        ("FUSEBOX__INVENTORY_EU_1___COOLDOWN", "5s"),
        ("FUSEBOX__INVENTORY_EU__COOLDOWN", "5s"),
    ];
    let overrides = Overrides::from_vars(variables).expect("correct");
    let warnings = overrides.check(["inventory"]);
    assert_eq!(
        warnings.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "FUSEBOX__INVENTORY_EU__COOLDOWN: no circuit breaker is named `INVENTORY_EU`; did you mean `INVENTORY`?"
        ]
    );
}
