//! The program that a command connects to.

use fusebox::fleet::Store;

use crate::{
    arguments::{Arguments, Command},
    check,
    failure::Failure,
    fleet::FleetTarget,
    instance::InstanceTarget,
    output::Output,
    secret,
};

/// Runs the command against the store or the instance of `--at`.
pub(crate) async fn run(arguments: &Arguments, output: &Output) -> Result<(), Failure> {
    if let Command::Acl { user } = &arguments.command {
        return crate::fleet::acl(user, arguments.service.as_deref(), output);
    }
    let Some(url) = arguments.at.as_deref() else {
        return Err(Failure::Usage(
            "write `--at redis://host:6379` for a fleet or `--at http://127.0.0.1:9090` for one instance"
                .to_owned(),
        ));
    };
    if let Command::Check { file } = &arguments.command {
        let instance = instance(arguments, url)?;
        return check::run(file, &instance, output);
    }
    match url.split_once("://").map(|(scheme, _)| scheme) {
        Some("http" | "https") => instance(arguments, url)?.run(&arguments.command, output),
        _ => fleet(arguments, url).await?.run(&arguments.command, output).await,
    }
}

fn instance(arguments: &Arguments, url: &str) -> Result<InstanceTarget, Failure> {
    let token = secret::read("FUSEBOX_TOKEN", arguments.secret_file.as_deref())?;
    InstanceTarget::new(url, token)
}

async fn fleet(arguments: &Arguments, url: &str) -> Result<FleetTarget, Failure> {
    let Some(service) = arguments.service.as_deref() else {
        return Err(Failure::Usage(
            "a store holds several services; write `--service NAME`".to_owned(),
        ));
    };
    secret::check_url(url)?;
    let password = secret::read("FUSEBOX_STORE_PASSWORD", arguments.secret_file.as_deref())?;
    let url = match password {
        None => url.to_owned(),
        Some(password) => {
            let user = std::env::var("FUSEBOX_STORE_USER").unwrap_or_default();
            secret::into_url(url, &user, &password)
        }
    };
    let control = Store::redis(&url)?.control(service).await?;
    Ok(FleetTarget::new(control))
}
